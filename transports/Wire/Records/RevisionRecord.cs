using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Records;

/// <summary>A revision beside the time of its record: its clock is about that time, so it travels as the difference.</summary>
internal static class RevisionRecord
{
    /// <summary>In a hybrid logical clock milliseconds since 1970 stand above, a counter below.</summary>
    public const int ClockShift = 16;

    public static void Write(IBufferWriter<byte> output, in Revision revision, long atMs)
    {
        output.WriteNumber(revision.Epoch);
        output.WriteSigned(unchecked((long)(revision.Clock - ((ulong)atMs << ClockShift))));
        output.WriteNumber(revision.Node);
    }

    public static Revision Read(ref PayloadReader reader, long atMs) =>
        new(reader.Number32(), unchecked((ulong)reader.Signed() + ((ulong)atMs << ClockShift)), reader.Number32());
}

/// <summary>An override beside the revision and time of the change that it usually came with.</summary>
internal static class OverrideRecord
{
    private const byte SameRevision = 0x80;

    public static void Write(IBufferWriter<byte> output, StatusOverride overriding, in Revision revision, long atMs)
    {
        bool same = overriding.Revision == revision;
        output.WriteByte((byte)((byte)overriding.Status | (same ? SameRevision : 0)));
        output.WriteSigned(atMs - overriding.SetAtMs);
        if (!same)
        {
            RevisionRecord.Write(output, overriding.Revision, atMs);
        }
    }

    public static StatusOverride Read(ref PayloadReader reader, in Revision revision, long atMs)
    {
        byte first = reader.Byte();
        InstanceStatus status = reader.Status((byte)(first & ~SameRevision));
        long setAt = atMs - reader.Signed();
        return new StatusOverride(status, (first & SameRevision) != 0 ? revision : RevisionRecord.Read(ref reader, atMs), setAt);
    }
}
