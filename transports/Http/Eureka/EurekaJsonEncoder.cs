using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Writes Eureka's JSON: what Java's, Spring's, .NET's and Node's clients read, and nothing more.</summary>
/// <remarks>
/// <para>Shape: <c>application</c> and <c>instance</c> are always arrays, also of none or one; strings, numbers and order are
/// those of Netflix's codecs, without white space.</para>
/// <para>The compact form has fewer members and what a document says of itself behind the services, as Netflix's has.</para>
/// </remarks>
/// <param name="compact">True for the reduced form (<c>X-Eureka-Accept: compact</c>).</param>
public readonly struct EurekaJsonEncoder(bool compact) : ISnapshotEncoder
{
    /// <summary>True if it writes the reduced form.</summary>
    public bool Compact => compact;

    /// <inheritdoc/>
    public void WriteHead(IBufferWriter<byte> output, in DocumentHead head)
    {
        var sink = new JsonSink(output);
        sink.OpenObject();
        if (head.Kind == DocumentKind.Service)
        {
            sink.Name(Member.Application);
        }
        else
        {
            sink.Open(Member.Applications);
            if (!compact)
            {
                DocumentOutline.WriteAbout(ref sink, head);
            }

            sink.OpenArray(Member.Application);
        }

        sink.Flush();
    }

    /// <inheritdoc/>
    public void WriteTail(IBufferWriter<byte> output, in DocumentHead head)
    {
        var sink = new JsonSink(output);
        if (head.Kind != DocumentKind.Service)
        {
            sink.CloseArray();
            if (compact)
            {
                DocumentOutline.WriteAbout(ref sink, head);
            }

            sink.CloseObject();
        }

        sink.CloseObject();
        sink.Flush();
    }

    /// <inheritdoc/>
    public void OpenService(IBufferWriter<byte> output, ServiceName service)
    {
        var sink = new JsonSink(output);
        sink.OpenObject();
        sink.Text(Member.Name, service.Utf8);
        sink.OpenArray(Member.Instance);
        sink.Flush();
    }

    /// <inheritdoc/>
    public void CloseService(IBufferWriter<byte> output)
    {
        var sink = new JsonSink(output);
        sink.CloseArray();
        sink.CloseObject();
        sink.Flush();
    }

    /// <inheritdoc/>
    public void WriteServiceSeparator(IBufferWriter<byte> output) => output.Write(","u8);

    /// <inheritdoc/>
    public void WriteInstanceSeparator(IBufferWriter<byte> output) => output.Write(","u8);

    /// <inheritdoc/>
    public void WriteInstance(IBufferWriter<byte> output, in InstanceView view) => WriteBareInstance(output, view);

    /// <summary>Writes one instance as a document of its own: <c>{"instance":{..}}</c>.</summary>
    public void WriteSingleInstance(IBufferWriter<byte> output, in InstanceView view)
    {
        var sink = new JsonSink(output);
        sink.OpenObject();
        sink.Open(Member.Instance);
        InstanceOutline.Write(ref sink, view, compact);
        sink.Close(Member.Instance);
        sink.CloseObject();
        sink.Flush();
    }

    /// <summary>Writes one instance without a root, as an answer to a batch holds it.</summary>
    public void WriteBareInstance(IBufferWriter<byte> output, in InstanceView view)
    {
        var sink = new JsonSink(output);
        sink.OpenObject();
        InstanceOutline.Write(ref sink, view, compact);
        sink.CloseObject();
        sink.Flush();
    }
}
