using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Records;

/// <summary>What a node knows of a key, in a row of such states: each leaves out what it has in common with the one before it.</summary>
/// <remarks>
/// Shape: a byte of <see cref="StateBits"/>; the service, if another; an <see cref="InstanceRecord"/>, or the id, and of an end its
/// revision; the override, if it is not the record's; the home. Times and clocks are differences to the time of the content's revision.
/// </remarks>
internal static class StateRecord
{
    private const int ClockShift = RevisionRecord.ClockShift;

    /// <summary>Writes a state.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="keyed">The state.</param>
    /// <param name="row">The row it is in: default at its beginning.</param>
    public static void Write(IBufferWriter<byte> output, KeyedState keyed, ref StateRow row)
    {
        KeyState state = keyed.State;
        long at = AtOf(state.Content.Revision);
        StateBits bits = BitsOf(keyed, row);
        output.WriteByte((byte)bits);
        if (!bits.HasFlag(StateBits.SameService))
        {
            output.WriteUtf8(keyed.Service.Utf8);
        }

        if (state.Content.Record is { } record)
        {
            InstanceRecord.Write(output, record);
        }
        else
        {
            output.WriteUtf8(keyed.IdUtf8.Span);
            if (bits.HasFlag(StateBits.Ended))
            {
                output.WriteByte((byte)state.Content.End);
                RevisionRecord.Write(output, state.Content.Revision, atMs: 0);
            }
        }

        if (bits.HasFlag(StateBits.Override))
        {
            OverrideRecord.Write(output, state.Override!, state.Content.Revision, at);
        }

        if (bits.HasFlag(StateBits.Home))
        {
            WriteHome(output, state.Home, at, bits.HasFlag(StateBits.SameOrigin));
        }

        row = row.After(keyed);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; what it returns is meaningless if the reader failed.</summary>
    public static KeyedState Read(ref PayloadReader reader, ServiceNames services, ref StateRow row) =>
        Read(ref reader, services, ref row, out _);

    /// <summary>The same, and of a record what its owner would have said; null: it is none.</summary>
    public static KeyedState Read(ref PayloadReader reader, ServiceNames services, ref StateRow row, out Registration? said)
    {
        said = null;
        var bits = (StateBits)reader.Byte();
        bool unknown = (bits & ~StateBits.All) != 0 || (bits.HasFlag(StateBits.Live) && bits.HasFlag(StateBits.Ended));
        if (unknown || (bits.HasFlag(StateBits.SameService) && row.Service is null))
        {
            reader.Fail();
        }

        ServiceName service = bits.HasFlag(StateBits.SameService) && row.Service is { } same ? same : services.Read(ref reader);
        Instance? record = bits.HasFlag(StateBits.Live) ? InstanceRecord.Read(ref reader, service, 0, 0, out said) : null;
        byte[] id = record is null ? Encoding.UTF8.GetBytes(reader.Text()) : record.IdUtf8.ToArray();
        Content content = record is not null ? new(record.Revision, record, default) : ReadEnd(ref reader, bits);
        long at = AtOf(content.Revision);
        StatusOverride? overriding = bits.HasFlag(StateBits.Override) ? OverrideRecord.Read(ref reader, content.Revision, at) : record?.Override;
        Home home = bits.HasFlag(StateBits.Home) ? ReadHome(ref reader, at, bits.HasFlag(StateBits.SameOrigin), row) : default;
        var keyed = new KeyedState(service, id, new KeyState(content, overriding, home));
        row = row.After(keyed);
        return keyed;
    }

    private static long AtOf(in Revision revision) => (long)(revision.Clock >> ClockShift);

    private static StateBits BitsOf(KeyedState keyed, in StateRow row)
    {
        KeyState state = keyed.State;
        StateBits bits = state.Content.Record is not null ? StateBits.Live
            : state.Content.Revision != default ? StateBits.Ended
            : StateBits.None;
        bits |= keyed.Service.Equals(row.Service) ? StateBits.SameService : 0;
        bits |= state.Override is not null && state.Override != state.Content.Record?.Override ? StateBits.Override : 0;
        bits |= state.Home != default ? StateBits.Home : 0;
        return bits | (state.Home.Node == row.Node && state.Home.Boot == row.Boot ? StateBits.SameOrigin : 0);
    }

    private static Content ReadEnd(ref PayloadReader reader, StateBits bits)
    {
        if (!bits.HasFlag(StateBits.Ended))
        {
            return default;
        }

        var end = (ChangeCause)reader.Byte();
        if (end is not (ChangeCause.Cancelled or ChangeCause.Expired or ChangeCause.ExpiredAfterGuard))
        {
            reader.Fail();
        }

        return new Content(RevisionRecord.Read(ref reader, atMs: 0), null, end);
    }

    private static void WriteHome(IBufferWriter<byte> output, in Home home, long at, bool sameOrigin)
    {
        if (!sameOrigin)
        {
            output.WriteNumber(home.Node);
            output.WriteFixed64(home.Boot);
        }

        output.WriteNumber(home.Number);
        output.WriteSigned(unchecked((long)(home.Clock - ((ulong)at << ClockShift))));
    }

    private static Home ReadHome(ref PayloadReader reader, long at, bool sameOrigin, in StateRow row)
    {
        (uint node, ulong boot) = sameOrigin ? (row.Node, row.Boot) : (reader.Number32(), reader.Fixed64());
        uint number = reader.Number32();
        if (number >= Home.NumbersMax)
        {
            reader.Fail();
        }

        return new Home(node, boot, number, unchecked((ulong)reader.Signed() + ((ulong)at << ClockShift)));
    }
}

/// <summary>What a state of a row may have in common with the one before it.</summary>
/// <param name="Service">Null at the beginning.</param>
/// <param name="Node">Of the last home.</param>
/// <param name="Boot">Of the last home.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StateRow(ServiceName? Service, uint Node, ulong Boot)
{
    /// <summary>The row behind a state.</summary>
    public StateRow After(KeyedState keyed) =>
        keyed.State.Home is var home && home == default ? this with { Service = keyed.Service } : new(keyed.Service, home.Node, home.Boot);
}

/// <summary>What follows in a state.</summary>
[Flags]
internal enum StateBits : byte
{
    None = 0,

    /// <summary>A record.</summary>
    Live = 1 << 0,

    /// <summary>An end.</summary>
    Ended = 1 << 1,

    /// <summary>No service: that of the state before.</summary>
    SameService = 1 << 2,

    /// <summary>An override that is not in the record: a cleared one, or one of what has ended.</summary>
    Override = 1 << 3,

    /// <summary>A home.</summary>
    Home = 1 << 4,

    /// <summary>Its node and boot are those of the home before.</summary>
    SameOrigin = 1 << 5,

    All = Live | Ended | SameService | Override | Home | SameOrigin,
}
