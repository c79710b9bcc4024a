using System.Diagnostics;
using Rollcall.Core.Replication;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Peering;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Load.Clusters;

/// <summary>What has passed between two nodes, by what it was of.</summary>
/// <remarks>
/// <para>Threads: any.</para>
/// <para>Messages that carry records are kept as they passed, and taken apart when somebody asks: that costs nothing while it is measured.</para>
/// </remarks>
internal sealed class LinkTraffic
{
    private const int MessageBytesMax = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<Opcode, long> _bytes = []; // guarded by _gate
    private readonly Dictionary<Opcode, int> _messages = []; // guarded by _gate
    private readonly List<Kept> _kept = []; // guarded by _gate
    private long _linkedAt;

    /// <summary>True if messages of this kind are kept whole.</summary>
    public static bool IsKept(Opcode opcode) => CarriesRecords(opcode) || opcode == Opcode.Hello;

    /// <summary>When nodes first spoke over the newest connection, of <see cref="Stopwatch"/>.</summary>
    public long LinkedAt => Interlocked.Read(ref _linkedAt);

    /// <summary>Sets of renewals that have passed since the last <see cref="Take"/>.</summary>
    public int RenewSets
    {
        get
        {
            lock (_gate)
            {
                return _messages.GetValueOrDefault(Opcode.RenewSet);
            }
        }
    }

    /// <summary>A connection begins.</summary>
    public Lane Begin() => new(this);

    /// <summary>What has passed since the last call.</summary>
    public TrafficCount Take()
    {
        Dictionary<Opcode, long> bytes;
        Kept[] kept;
        lock (_gate)
        {
            bytes = new(_bytes);
            kept = [.. _kept];
            _bytes.Clear();
            _messages.Clear();
            _kept.Clear();
        }

        var services = new ServiceNames();
        (int Records, long Bytes)[] carriers =
        [
            .. kept.Select(message => (message.CountRecords(services), message.Bytes)).Where(message => message.Item1 > 0),
        ];
        return new TrafficCount(
            bytes.Values.Sum(),
            carriers.Sum(message => message.Bytes),
            bytes.GetValueOrDefault(Opcode.RenewSet),
            carriers.Sum(message => (long)message.Records)
        );
    }

    // What is pushed may be answered with what is known better.
    private static bool CarriesRecords(Opcode opcode) => opcode is Opcode.FeedBatch or Opcode.ItemsAnswer or Opcode.ItemsPush or Opcode.ItemsPushed;

    private void Count(in FrameHeader header)
    {
        lock (_gate)
        {
            _bytes[header.Opcode] = _bytes.GetValueOrDefault(header.Opcode) + FrameHeader.Size + header.Length;
            _messages[header.Opcode] = _messages.GetValueOrDefault(header.Opcode) + (header.Flags.HasFlag(FrameFlags.More) ? 0 : 1);
        }
    }

    private void Keep(in Kept message)
    {
        lock (_gate)
        {
            _kept.Add(message);
        }
    }

    /// <summary>One connection.</summary>
    public sealed class Lane(LinkTraffic traffic)
    {
        private readonly List<byte> _forthMidway = []; // of the thread of that direction; so the next
        private readonly List<byte> _backMidway = [];
        private volatile Packing _packing; // said by the first frame back, before which no node sends records

        /// <summary>A frame of the dialler passed.</summary>
        public void Forth(FrameHeader header, byte[] payload) => Pass(header, payload, _forthMidway);

        /// <summary>A frame of the other one passed.</summary>
        public void Back(FrameHeader header, byte[] payload)
        {
            if (header.Opcode == Opcode.Hello)
            {
                var reader = new PayloadReader(payload);
                _packing = HelloAnswer.Read(ref reader).Packing;
            }

            Pass(header, payload, _backMidway);
        }

        private void Pass(in FrameHeader header, byte[] payload, List<byte> midway)
        {
            traffic.Count(header);
            if (header.Opcode == Opcode.PeerHello)
            {
                Interlocked.Exchange(ref traffic._linkedAt, Stopwatch.GetTimestamp());
            }

            if (!CarriesRecords(header.Opcode))
            {
                return;
            }

            midway.AddRange(payload);
            if (!header.Flags.HasFlag(FrameFlags.More))
            {
                traffic.Keep(new Kept(header.Opcode, header.Flags.HasFlag(FrameFlags.Packed) ? _packing : Packing.None, [.. midway]));
                midway.Clear();
            }
        }
    }

    private readonly record struct Kept(Opcode Opcode, Packing Packing, byte[] Payload)
    {
        // In frames of 64 kB, as nodes send them.
        public long Bytes => Payload.Length + (FrameHeader.Size * (1 + ((Payload.Length - 1L) / WirePeerLane.FrameBytesMax)));

        public int CountRecords(ServiceNames services)
        {
            byte[] payload = Packing == Packing.None ? Payload : Chunk.Unpack(Payload, Packing, MessageBytesMax);
            return PeerMessageRecord.Read(Opcode, payload, services, leave: _ => { }) switch
            {
                FeedBatch batch => batch.States.Count,
                ItemsAnswer answer => answer.States.Count,
                ItemsPush push => push.States.Count,
                ItemsPushed pushed => pushed.Newer.Count,
                _ => throw new InvalidOperationException($"a message {Opcode} that passed between nodes is none"),
            };
        }
    }
}

/// <summary>What has passed between two nodes, both ways, headers of frames counted; packed as it passed.</summary>
/// <param name="Bytes">All bytes.</param>
/// <param name="RecordBytes">Of them those of messages that carry records.</param>
/// <param name="RenewalBytes">Of them those of sets of renewals.</param>
/// <param name="Records">Records in messages.</param>
internal readonly record struct TrafficCount(long Bytes, long RecordBytes, long RenewalBytes, long Records)
{
    /// <summary>Bytes but for renewals, which go on whatever else there is to say.</summary>
    public long ContentBytes => Bytes - RenewalBytes;

    /// <summary>Of two links.</summary>
    public static TrafficCount operator +(TrafficCount a, TrafficCount b) =>
        new(a.Bytes + b.Bytes, a.RecordBytes + b.RecordBytes, a.RenewalBytes + b.RenewalBytes, a.Records + b.Records);
}
