using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Writes Eureka's XML: without a declaration, as Netflix's server does, and without white space.</summary>
/// <remarks>
/// <para>Keys of metadata become names of elements by <see cref="XmlNames"/>.</para>
/// <para>The compact form has fewer members and what a document says of itself behind the services, as Netflix's has.</para>
/// </remarks>
/// <param name="compact">True for the reduced form (<c>X-Eureka-Accept: compact</c>).</param>
public readonly struct EurekaXmlEncoder(bool compact) : ISnapshotEncoder
{
    /// <summary>True if it writes the reduced form.</summary>
    public bool Compact => compact;

    /// <inheritdoc/>
    public void WriteHead(IBufferWriter<byte> output, in DocumentHead head)
    {
        var sink = new XmlSink(output);
        if (head.Kind != DocumentKind.Service)
        {
            sink.Open(Member.Applications);
            if (!compact)
            {
                DocumentOutline.WriteAbout(ref sink, head);
            }
        }

        sink.Flush();
    }

    /// <inheritdoc/>
    public void WriteTail(IBufferWriter<byte> output, in DocumentHead head)
    {
        var sink = new XmlSink(output);
        if (head.Kind != DocumentKind.Service)
        {
            if (compact)
            {
                DocumentOutline.WriteAbout(ref sink, head);
            }

            sink.Close(Member.Applications);
        }

        sink.Flush();
    }

    /// <inheritdoc/>
    public void OpenService(IBufferWriter<byte> output, ServiceName service)
    {
        var sink = new XmlSink(output);
        sink.Open(Member.Application);
        sink.Text(Member.Name, service.Utf8);
        sink.Flush();
    }

    /// <inheritdoc/>
    public void CloseService(IBufferWriter<byte> output) => output.Write(EurekaNames.XmlClose(Member.Application));

    /// <inheritdoc/>
    public void WriteServiceSeparator(IBufferWriter<byte> output)
    {
        // Elements need none.
    }

    /// <inheritdoc/>
    public void WriteInstanceSeparator(IBufferWriter<byte> output)
    {
        // Elements need none.
    }

    /// <inheritdoc/>
    public void WriteInstance(IBufferWriter<byte> output, in InstanceView view)
    {
        var sink = new XmlSink(output);
        sink.Open(Member.Instance);
        InstanceOutline.Write(ref sink, view, compact);
        sink.Close(Member.Instance);
        sink.Flush();
    }

    /// <summary>Writes one instance as a document of its own: <c>&lt;instance&gt;</c>.</summary>
    public void WriteSingleInstance(IBufferWriter<byte> output, in InstanceView view) => WriteInstance(output, view);
}
