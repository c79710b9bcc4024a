using System.Buffers;
using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Wire.Peering;

/// <summary>What a node knows of one key, as it travels between nodes. The layout is in WIRE.md.</summary>
/// <remarks>
/// Shape: a byte says what there is; the service, and the node and boot of the home, are left out where they are those of the state
/// before; clocks are differences to the time of the record, or to one that the state begins with.
/// </remarks>
internal static class KeyedStateRecord
{
    private const int ClockShift = 16; // milliseconds stand above, a counter below
    private const long TimeMax = (1L << 48) - 1;

    private static readonly TimeSpan s_leaseMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_leaseMax = TimeSpan.FromDays(30);

    [Flags]
    private enum Parts : byte
    {
        // What is known of the content: one of these.
        Record = 1,
        Cancelled = 2,
        Expired = 3,
        ExpiredAfterGuard = 4,
        Content = 7,

        /// <summary>An override of its own follows.</summary>
        Override = 8,

        /// <summary>The override is that which stands in the record.</summary>
        OverrideOfRecord = 16,

        Home = 32,

        /// <summary>The home has node and boot of the home before.</summary>
        SameOrigin = 64,

        SameService = 128,
    }

    /// <summary>Writes states, one behind the other.</summary>
    public static void WriteAll(IBufferWriter<byte> output, IReadOnlyList<KeyedState> states)
    {
        ServiceName? service = null;
        Home home = default;
        foreach (KeyedState state in states)
        {
            Write(output, state, ref service, ref home);
        }
    }

    /// <summary>Reads states up to the end of the payload; meaningless if the reader failed.</summary>
    public static List<KeyedState> ReadAll(ref PayloadReader reader, ServiceNames services)
    {
        var states = new List<KeyedState>();
        ServiceName? service = null;
        Home home = default;
        while (reader.Left > 0)
        {
            if (Read(ref reader, services, ref service, ref home) is { } state)
            {
                states.Add(state);
            }
        }

        return states;
    }

    private static void Write(IBufferWriter<byte> output, KeyedState keyed, ref ServiceName? service, ref Home before)
    {
        (Content content, StatusOverride? overriding, Home home) = keyed.State;
        Parts parts = PartsOf(content);
        bool inRecord = overriding is not null && content.Record?.Override == overriding;
        parts |= inRecord ? Parts.OverrideOfRecord : overriding is not null ? Parts.Override : 0;
        parts |= home == default ? 0 : Parts.Home;
        parts |= home != default && (home.Node, home.Boot) == (before.Node, before.Boot) ? Parts.SameOrigin : 0;
        parts |= service is not null && keyed.Service.Equals(service) ? Parts.SameService : 0;
        output.WriteByte((byte)parts);
        if (!parts.HasFlag(Parts.SameService))
        {
            output.WriteUtf8(keyed.Service.Utf8);
            service = keyed.Service;
        }

        long at = WriteContent(output, keyed, content, overriding, home);
        if (parts.HasFlag(Parts.Override))
        {
            OverrideRecord.Write(output, overriding!, content.Revision, at);
        }

        if (parts.HasFlag(Parts.Home))
        {
            WriteHome(output, home, parts.HasFlag(Parts.SameOrigin), at);
            before = home;
        }
    }

    private static Parts PartsOf(in Content content) =>
        content.Record is not null ? Parts.Record
        : content.Revision == default ? 0
        : content.End switch
        {
            ChangeCause.Cancelled => Parts.Cancelled,
            ChangeCause.Expired => Parts.Expired,
            _ => Parts.ExpiredAfterGuard,
        };

    /// <summary>Returns the time to which what follows refers.</summary>
    private static long WriteContent(
        IBufferWriter<byte> output,
        KeyedState keyed,
        in Content content,
        StatusOverride? overriding,
        in Home home
    )
    {
        if (content.Record is { } record)
        {
            InstanceRecord.Write(output, record);
            return record.UpdatedAtMs;
        }

        bool known = content.Revision != default;
        ulong clock = known ? content.Revision.Clock : overriding?.Revision.Clock ?? home.Clock;
        long at = (long)(clock >> ClockShift);
        output.WriteUtf8(keyed.IdUtf8.Span);
        output.WriteNumber((ulong)at);
        if (known)
        {
            RevisionRecord.Write(output, content.Revision, at);
        }

        return at;
    }

    private static void WriteHome(IBufferWriter<byte> output, in Home home, bool sameOrigin, long at)
    {
        if (!sameOrigin)
        {
            output.WriteNumber(home.Node);
            output.WriteFixed64(home.Boot);
        }

        output.WriteNumber(home.Number);
        output.WriteSigned(unchecked((long)(home.Clock - ((ulong)at << ClockShift))));
    }

    private static KeyedState? Read(ref PayloadReader reader, ServiceNames services, ref ServiceName? service, ref Home before)
    {
        var parts = (Parts)reader.Byte();
        service = parts.HasFlag(Parts.SameService) ? service : services.Read(ref reader);
        if (service is null || service.Utf8.IsEmpty)
        {
            reader.Fail();
            return null;
        }

        Content content = ReadContent(ref reader, service, parts & Parts.Content, out byte[] id, out long at);
        StatusOverride? overriding = null;
        if (parts.HasFlag(Parts.Override))
        {
            overriding = OverrideRecord.Read(ref reader, content.Revision, at);
        }
        else if (parts.HasFlag(Parts.OverrideOfRecord))
        {
            overriding = content.Record?.Override;
        }

        bool bothOrNone = parts.HasFlag(Parts.Override | Parts.OverrideOfRecord) || (overriding is null && parts.HasFlag(Parts.OverrideOfRecord));
        if (bothOrNone || (parts.HasFlag(Parts.SameOrigin) && (before == default || !parts.HasFlag(Parts.Home))))
        {
            reader.Fail();
        }

        Home home = parts.HasFlag(Parts.Home) ? ReadHome(ref reader, parts.HasFlag(Parts.SameOrigin) ? before : null, at) : default;
        before = parts.HasFlag(Parts.Home) ? home : before;
        return reader.Failed ? null : new KeyedState(service, id, new KeyState(content, overriding, home));
    }

    private static Content ReadContent(ref PayloadReader reader, ServiceName service, Parts kind, out byte[] id, out long at)
    {
        if (kind == Parts.Record)
        {
            Instance record = InstanceRecord.Read(ref reader, service, number: 0, version: 0);
            id = record.IdUtf8.ToArray();
            at = record.UpdatedAtMs;
            if (id.Length == 0 || record.LeaseDuration < s_leaseMin || record.LeaseDuration > s_leaseMax || record.Revision == default)
            {
                reader.Fail();
            }

            return new Content(record.Revision, record, default);
        }

        id = Encoding.UTF8.GetBytes(reader.Text());
        at = (long)reader.Number();
        if (id.Length == 0 || at is < 0 or > TimeMax || kind > Parts.ExpiredAfterGuard)
        {
            reader.Fail();
        }

        if (kind == 0)
        {
            return default;
        }

        ChangeCause end = kind switch
        {
            Parts.Cancelled => ChangeCause.Cancelled,
            Parts.Expired => ChangeCause.Expired,
            _ => ChangeCause.ExpiredAfterGuard,
        };
        var content = new Content(RevisionRecord.Read(ref reader, at), null, end);
        if (content.Revision == default)
        {
            reader.Fail();
        }

        return content;
    }

    private static Home ReadHome(ref PayloadReader reader, Home? origin, long at)
    {
        uint node = origin?.Node ?? reader.Number32();
        ulong boot = origin?.Boot ?? reader.Fixed64();
        return new Home(node, boot, reader.Number32(), unchecked((ulong)reader.Signed() + ((ulong)at << ClockShift)));
    }
}
