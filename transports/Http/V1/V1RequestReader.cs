using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.Json;

namespace Rollcall.Transports.Http.V1;

/// <summary>Reads what callers send to <c>/v1</c>.</summary>
/// <remarks>Never throws for bad input, whatever the bytes: a problem is one sentence for the caller. Unknown members are skipped.</remarks>
public static class V1RequestReader
{
    private delegate T Read<out T>(ref Utf8JsonReader json);

    /// <summary>Reads a registration.</summary>
    public static bool TryReadRegistration(
        ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out Registration? registration,
        [NotNullWhen(false)] out string? problem
    ) => TryRead(body, static (ref Utf8JsonReader json) => V1Draft.Read(ref json, "the body").ToRegistration(), out registration, out problem);

    /// <summary>Reads metadata.</summary>
    public static bool TryReadPairs(
        ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out KeyValuePair<string, string>[]? pairs,
        [NotNullWhen(false)] out string? problem
    ) => TryRead(body, static (ref Utf8JsonReader json) => V1Draft.ReadPairs(ref json, "the body"), out pairs, out problem);

    /// <summary>Reads the handles of a renewal.</summary>
    public static bool TryReadHandles(
        ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out LeaseHandle[]? handles,
        [NotNullWhen(false)] out string? problem
    ) => TryRead(body, static (ref Utf8JsonReader json) => ReadHandles(ref json), out handles, out problem);

    /// <summary>Reads an acknowledgement.</summary>
    public static bool TryReadAcknowledgement(
        ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out V1Acknowledgement? acknowledgement,
        [NotNullWhen(false)] out string? problem
    ) => TryRead(body, static (ref Utf8JsonReader json) => V1Acknowledgement.Read(ref json), out acknowledgement, out problem);

    private static LeaseHandle[] ReadHandles(ref Utf8JsonReader json)
    {
        json.Expect(JsonTokenType.StartArray, "the body");
        var handles = new List<LeaseHandle>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            json.Expect(JsonTokenType.String, "a handle");
            if (json.ValueIsEscaped || !V1Handle.TryParse(json.ValueSpan, out LeaseHandle handle))
            {
                throw new JsonException($"a handle must be 16 hexadecimal digits, and number {handles.Count} is not");
            }

            handles.Add(handle);
        }

        return [.. handles];
    }

    private static bool TryRead<T>(
        ReadOnlySpan<byte> body,
        Read<T> read,
        [NotNullWhen(true)] out T? value,
        [NotNullWhen(false)] out string? problem
    )
        where T : class
    {
        value = null;
        if (!JsonBody.TryOpen(body, out ReadOnlySpan<byte> json, out problem))
        {
            return false;
        }

        try
        {
            Utf8JsonReader reader = JsonBody.Reader(json, V1Json.DepthMax);
            reader.Read();
            T found = read(ref reader);
            JsonBody.ReadToEnd(ref reader);
            value = found;
            return true;
        }
        catch (JsonException malformed)
        {
            problem = JsonBody.Problem(malformed);
            return false;
        }
    }
}

/// <summary>A subscriber says which version it has applied.</summary>
/// <param name="Subscription">As the first event told it.</param>
/// <param name="Version">The version.</param>
public sealed record V1Acknowledgement(string Subscription, RegistryVersion Version)
{
    internal static V1Acknowledgement Read(ref Utf8JsonReader json)
    {
        (string? subscription, RegistryVersion? version) = (null, null);
        json.Expect(JsonTokenType.StartObject, "the body");
        while (json.NextMember(out V1Member member))
        {
            switch (member)
            {
                case V1Member.Subscription:
                    subscription = json.ReadText(member);
                    break;
                case V1Member.Version:
                    version = V1Reader.ReadVersion(json, member);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new V1Acknowledgement(
            subscription ?? throw new JsonException("'subscription' must be there"),
            version ?? throw new JsonException("'version' must be there")
        );
    }
}

/// <summary>A handle as text.</summary>
public static class V1Handle
{
    private const int Digits = 16;

    /// <summary>Reads 16 hexadecimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out LeaseHandle handle)
    {
        bool good = ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value);
        handle = new LeaseHandle(value);
        return good && text.Length == Digits;
    }
}
