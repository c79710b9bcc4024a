using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Writes Eureka's JSON.</summary>
public readonly struct EurekaJsonEncoder(bool compact) : ISnapshotEncoder
{
    /// <summary>True if it writes the reduced form.</summary>
    public bool Compact => compact;

    /// <inheritdoc/>
    public void WriteHead(IBufferWriter<byte> output, in DocumentHead head) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void WriteTail(IBufferWriter<byte> output, in DocumentHead head) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void OpenService(IBufferWriter<byte> output, ServiceName service) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void CloseService(IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void WriteServiceSeparator(IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void WriteInstanceSeparator(IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void WriteInstance(IBufferWriter<byte> output, in InstanceView view) => throw new NotImplementedException();

    /// <summary>Writes one instance as a document of its own.</summary>
    public void WriteSingleInstance(IBufferWriter<byte> output, in InstanceView view) => throw new NotImplementedException();

    /// <summary>Writes one instance without a root, as a batch's answer holds it.</summary>
    public void WriteBareInstance(IBufferWriter<byte> output, in InstanceView view) => throw new NotImplementedException();
}
