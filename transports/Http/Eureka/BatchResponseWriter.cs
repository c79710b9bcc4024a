using System.Buffers;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Writes the answer to a replication batch.</summary>
public static class BatchResponseWriter
{
    /// <summary>One item per item of the request, in its order.</summary>
    public static void Write(IBufferWriter<byte> output, IReadOnlyList<(int StatusCode, InstanceView? Entity)> items) =>
        throw new NotImplementedException();
}
