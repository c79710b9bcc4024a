using System.Buffers;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Writes the answer to a replication batch.</summary>
/// <remarks>Nothing may be added: a Java peer takes an unknown member for a network error and sends the batch again.</remarks>
public static class BatchResponseWriter
{
    /// <summary>Writes one item per item of the request, in its order; an entity is the receiver's newer record.</summary>
    public static void Write(IBufferWriter<byte> output, IReadOnlyList<(int StatusCode, InstanceView? Entity)> items)
    {
        var sink = new JsonSink(output);
        sink.OpenObject();
        sink.OpenArray(Member.ResponseList);
        foreach ((int statusCode, InstanceView? entity) in items)
        {
            sink.Separate();
            sink.OpenObject();
            sink.Number(Member.StatusCode, statusCode);
            if (entity is InstanceView view)
            {
                sink.Open(Member.ResponseEntity);
                InstanceOutline.Write(ref sink, view, compact: false);
                sink.Close(Member.ResponseEntity);
            }

            sink.CloseObject();
        }

        sink.CloseArray();
        sink.CloseObject();
        sink.Flush();
    }
}
