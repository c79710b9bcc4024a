using System.Buffers;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Records;

/// <summary>A change as it travels: by number, with as much of the record as it needs. The layout is in WIRE.md.</summary>
internal static class ChangeRecord
{
    // First byte: kind, cause.
    private const int CauseShift = 2;
    private const int KindMask = (1 << CauseShift) - 1;

    // Second byte: source, own status, what follows.
    private const int SourceMask = 3;
    private const int OwnStatusShift = 2;
    private const int OwnStatusMask = 7;
    private const byte WithRecord = 1 << 5;
    private const byte WithOverride = 1 << 6;
    private const byte UnknownBits = 1 << 7;

    /// <summary>Writes a change.</summary>
    public static void Write(IBufferWriter<byte> output, in InstanceChange change)
    {
        bool removed = change.Kind == ChangeKind.Removed;
        int more = change.Record is not null ? WithRecord
            : removed ? 0
            : ((int)change.OwnStatus << OwnStatusShift) | (change.Override is null ? 0 : WithOverride);
        output.WriteNumber(change.Version);
        output.WriteNumber(change.Number);
        output.WriteByte((byte)((int)change.Kind | ((int)change.Cause << CauseShift)));
        output.WriteByte((byte)((int)change.Source | more));
        output.WriteNumber((ulong)change.AtMs);
        if (change.Record is { } record)
        {
            output.WriteUtf8(record.Service.Utf8);
            InstanceRecord.Write(output, record);
            return;
        }

        RevisionRecord.Write(output, change.Revision, change.AtMs);
        if (!removed && change.Override is { } overriding)
        {
            OverrideRecord.Write(output, overriding, change.Revision, change.AtMs);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote; what it returns is meaningless if the reader failed.</summary>
    public static InstanceChange Read(ref PayloadReader reader, ServiceNames services)
    {
        ulong version = reader.Number();
        uint number = reader.Number32();
        byte what = reader.Byte();
        byte how = reader.Byte();
        long at = (long)reader.Number();
        var kind = (ChangeKind)(what & KindMask);
        var cause = (ChangeCause)(what >> CauseShift);
        var source = (WriteSource)(how & SourceMask);
        if (kind > ChangeKind.Removed || cause > ChangeCause.Restored || (how & UnknownBits) != 0)
        {
            reader.Fail();
        }

        if ((how & WithRecord) != 0)
        {
            Instance record = InstanceRecord.Read(ref reader, services.Read(ref reader), number, version);
            return new(version, number, kind, cause, source, at, record.Revision, record, record.OwnStatus, record.Override);
        }

        Revision revision = RevisionRecord.Read(ref reader, at);
        InstanceStatus own = reader.Status((byte)(how >> OwnStatusShift & OwnStatusMask));
        StatusOverride? overriding = (how & WithOverride) != 0 ? OverrideRecord.Read(ref reader, revision, at) : null;
        return new(version, number, kind, cause, source, at, revision, null, own, overriding);
    }
}
