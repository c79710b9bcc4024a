using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Xml;
using Rollcall.Core;
using Rollcall.Core.Model;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Reads Eureka's XML: registrations.</summary>
/// <remarks>
/// <para>Never throws for bad input, whatever the bytes: a problem is one sentence for the caller.</para>
/// <para>No document type, so no entities but the five of XML; nothing is fetched; comments and instructions are skipped.</para>
/// <para>Encodings: UTF-8 unless a byte order mark or the declaration names one that the framework has.</para>
/// <para>Cost: proportional to the body, at most <see cref="EurekaLimits.XmlCharactersMax"/>.</para>
/// </remarks>
public static class EurekaXmlReader
{
    // The framework's messages repeat the caller's names at full length.
    private const int MessageCharsMax = 300;

    /// <summary>Reads a registration.</summary>
    public static bool TryReadRegistration(
        ReadOnlyMemory<byte> body,
        EurekaLimits limits,
        [NotNullWhen(true)] out Registration? registration,
        [NotNullWhen(false)] out string? problem
    )
    {
        registration = null;
        problem = WhyUnreadable(body, limits);
        if (problem is not null)
        {
            return false;
        }

        try
        {
            using XmlReader xml = Open(body, limits);
            var draft = new InstanceDraft(statusIgnoresCase: true);
            XmlInstance.ReadDocument(new XmlCursor(xml, limits.DepthMax), draft);
            return draft.TryBuild(out registration, out problem);
        }
        catch (XmlException malformed)
        {
            problem = Problem(malformed, body.Span);
            return false;
        }
    }

    private static string? WhyUnreadable(ReadOnlyMemory<byte> body, EurekaLimits limits)
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return "The body is empty; expected an element <instance>";
        }

        // A character has at least one byte.
        return body.Length > limits.XmlCharactersMax
            ? $"The body has {body.Length} bytes, more than {limits.XmlCharactersMax} (EurekaLimits.XmlCharactersMax)"
            : null;
    }

    private static XmlReader Open(ReadOnlyMemory<byte> body, EurekaLimits limits)
    {
        var names = new NameTable();
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = limits.XmlCharactersMax,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
            NameTable = names,
        };
        var context = new XmlParserContext(names, new AnyPrefix(names), xmlLang: null, XmlSpace.None);
        return XmlReader.Create(AsStream(body), settings, context);
    }

    private static MemoryStream AsStream(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(body.ToArray(), writable: false);

    private static string Problem(XmlException malformed, ReadOnlySpan<byte> body) =>
        body.IndexOf("<!DOCTYPE"u8) >= 0
            ? "The body holds a document type (<!DOCTYPE), which is not accepted; send the element <instance> alone"
            : $"The body is not the XML expected: {RegistryError.Shown(malformed.Message, MessageCharsMax)}";

    /// <summary>
    /// Old clients write keys of metadata such as <c>a:b</c> as they are; Netflix's reader knows no namespaces and takes them.
    /// </summary>
    private sealed class AnyPrefix(NameTable names) : XmlNamespaceManager(names)
    {
        public override string? LookupNamespace(string prefix) => base.LookupNamespace(prefix) ?? prefix;
    }
}
