using System.Buffers;
using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Bench.Targets;

/// <summary>Row 13, the core's part: a thousand subscribers take each change from the log that encoded it once.</summary>
internal static class FanOut
{
    private const int Subscribers = 1_000;
    private const int ChangesAtOnce = 100;
    private const int Rounds = 50;

    public static Measurement Measure()
    {
        var fleet = new FleetRegistry(TargetSize.TenThousand);
        var log = new EncodedChangeLog<WireChangeEncoder>(fleet.Registry, default, bytesMax: 4 << 20);
        InstanceFilter[] filters = [.. Enumerable.Range(0, Subscribers).Select(i => FilterOf(fleet, i))];
        ulong first = fleet.Registry.ReadSnapshot().Version;
        log.Read(first - 1, InstanceFilter.All, int.MaxValue, []); // the first one opens a block, with what came before it
        long before = log.Encoded;
        long bytes = Follow(fleet, log, filters);
        ulong made = fleet.Registry.ReadSnapshot().Version - first;
        PairedResult paired = PairedRun.Measure(FromTheLog(fleet, log), PerSubscriber(fleet));
        return new Measurement(
            [
                new Figure("encodings per change, 1,000 subscribers", Spread.Exactly((double)(log.Encoded - before) / made), "") { Ship = 1, Target = 1 },
                Ratios.Figure($"{ChangesAtOnce} changes taken by one subscriber, against encoding them for it", paired),
                Ratios.Bytes("allocated by a subscriber that takes changes", paired),
                new Figure("of a status flip, in the wire's format, to one who follows all", Spread.Exactly((double)bytes / made), "B"),
            ],
            "Half of the subscribers follow everything, half a service; all read after every hundred changes."
        );
    }

    private static InstanceFilter FilterOf(FleetRegistry fleet, int subscriber) =>
        subscriber % 2 == 0 ? InstanceFilter.All : InstanceFilter.Services(fleet.Fleet.Registration(subscriber).Service);

    /// <summary>Flips statuses, and after each hundred all subscribers read; returns the bytes that the first was given.</summary>
    private static long Follow(FleetRegistry fleet, EncodedChangeLog<WireChangeEncoder> log, InstanceFilter[] filters)
    {
        var segments = new List<ReadOnlyMemory<byte>>();
        long bytes = 0;
        for (int round = 0; round < Rounds; round++)
        {
            ulong since = Flip(fleet, round);
            for (int i = 0; i < filters.Length; i++)
            {
                segments.Clear();
                ChangeRead read = log.Read(since, filters[i], int.MaxValue, segments);
                if (read.Reached != since + ChangesAtOnce || (i == 0 && read.Count != ChangesAtOnce))
                {
                    throw new InvalidOperationException($"subscriber {i} was given {read} since {since}");
                }

                bytes += i == 0 ? read.Bytes : 0;
            }
        }

        return bytes;
    }

    private static ulong Flip(FleetRegistry fleet, int round)
    {
        ulong since = fleet.Registry.ReadSnapshot().Version;
        for (int i = 0; i < ChangesAtOnce; i++)
        {
            (byte[] service, byte[] id) = fleet.Fleet.Key((round * ChangesAtOnce) + i);
            WriteResult result = fleet.Registry.SetStatus(new InstanceKey(service, id), InstanceStatus.OutOfService, fleet.Now);
            if (result.Error is not null)
            {
                throw new InvalidOperationException(result.Error.Message);
            }
        }

        return since;
    }

    private static Arm FromTheLog(FleetRegistry fleet, EncodedChangeLog<WireChangeEncoder> log)
    {
        var segments = new List<ReadOnlyMemory<byte>>();
        ulong since = fleet.Registry.ReadSnapshot().Version - ChangesAtOnce;
        return new Arm(
            "taking them from the log",
            Subscribers,
            (from, to) =>
            {
                long taken = 0;
                for (int i = from; i < to; i++)
                {
                    segments.Clear();
                    taken += log.Read(since, InstanceFilter.All, int.MaxValue, segments).Count;
                }

                return taken;
            },
            Subscribers * ChangesAtOnce
        );
    }

    private static Arm PerSubscriber(FleetRegistry fleet)
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        IReadOnlyList<Change> changes = fleet.Registry.ReadDelta(fleet.Registry.ReadSnapshot().Version - ChangesAtOnce).Changes;
        return new Arm(
            "encoding them",
            Subscribers,
            (from, to) =>
            {
                long written = 0;
                for (int i = from; i < to; i++)
                {
                    output.ResetWrittenCount();
                    foreach (Change change in changes)
                    {
                        default(WireChangeEncoder).WriteChange(output, change);
                        written++;
                    }
                }

                return written;
            },
            Subscribers * ChangesAtOnce
        );
    }
}
