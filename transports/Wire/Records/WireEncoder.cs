using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Records;

/// <summary>What an item of a snapshot is.</summary>
internal enum SnapshotItem : byte
{
    /// <summary>The service of the instances behind it.</summary>
    Service = 1,

    /// <summary>An instance.</summary>
    Instance = 2,
}

/// <summary>Writes snapshots: a row of items, nothing before and nothing behind it.</summary>
internal readonly struct WireEncoder : ISnapshotEncoder
{
    /// <inheritdoc/>
    public void WriteHead(IBufferWriter<byte> output, in DocumentHead head) { }

    /// <inheritdoc/>
    public void WriteTail(IBufferWriter<byte> output, in DocumentHead head) { }

    /// <inheritdoc/>
    public void OpenService(IBufferWriter<byte> output, ServiceName service)
    {
        output.WriteByte((byte)SnapshotItem.Service);
        output.WriteUtf8(service.Utf8);
    }

    /// <inheritdoc/>
    public void CloseService(IBufferWriter<byte> output) { }

    /// <inheritdoc/>
    public void WriteServiceSeparator(IBufferWriter<byte> output) { }

    /// <inheritdoc/>
    public void WriteInstanceSeparator(IBufferWriter<byte> output) { }

    /// <inheritdoc/>
    public void WriteInstance(IBufferWriter<byte> output, in InstanceView view)
    {
        output.WriteByte((byte)SnapshotItem.Instance);
        output.WriteNumber(view.Instance.Number);
        output.WriteNumber(view.Instance.Version);
        InstanceRecord.Write(output, view.Instance);
    }
}

/// <summary>Writes changes.</summary>
internal readonly struct WireChangeEncoder : IChangeEncoder
{
    /// <inheritdoc/>
    public void WriteChange(IBufferWriter<byte> output, in Change change) => ChangeRecord.Write(output, InstanceChange.Of(change));

    /// <inheritdoc/>
    public void WriteLeft(IBufferWriter<byte> output, in Change change) => ChangeRecord.Write(output, InstanceChange.LeftBy(change));
}
