using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Bench.Targets;

/// <summary>Row 11, the core's part: each change is in a delta once; and what it takes in Eureka's own documents.</summary>
internal static class DeltaBytes
{
    private const int Changes = 1_000;

    private static readonly TimeSpan s_retention = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(500);

    public static Measurement Measure()
    {
        var fleet = new FleetRegistry(
            TargetSize.TenThousand,
            adjust: options => options with { DeltaRetention = s_retention, StallGap = TimeSpan.FromSeconds(1) }
        );
        var cache = new EncodedSnapshotCache<EurekaJsonEncoder>(fleet.Registry, new EurekaJsonEncoder(compact: false));
        (Spread flips, double flipPlain, double flipGzip) = After(fleet, cache, i => Flip(fleet, i));
        (Spread news, double newPlain, double newGzip) = After(fleet, cache, i => fleet.Register(TargetSize.TenThousand + i));
        return new Measurement(
            [
                new Figure("records in a delta per status flip", flips, "") { Ship = 1, Target = 1 },
                new Figure("records in a delta per new instance", news, "") { Ship = 1, Target = 1 },
                Bytes("Eureka's JSON delta, per flip", flipPlain),
                Bytes("Eureka's JSON delta, per flip, in gzip", flipGzip),
                Bytes("Eureka's JSON delta, per new instance", newPlain),
                Bytes("Eureka's JSON delta, per new instance, in gzip", newGzip),
            ],
            "Eureka's delta holds the whole instance for every change; the bytes that the row names are for the wire protocol."
        );
    }

    private static Figure Bytes(string name, double value) => new(name, Spread.Exactly(value), "B");

    private static (Spread Records, double Plain, double Gzip) After(
        FleetRegistry fleet,
        EncodedSnapshotCache<EurekaJsonEncoder> cache,
        Action<int> change
    )
    {
        Forget(fleet);
        double plain = -Length(DocumentCoding.Plain);
        double gzip = -Length(DocumentCoding.Gzip);
        var records = new List<double>();
        for (int i = 0; i < Changes; i++)
        {
            ulong since = fleet.Registry.ReadSnapshot().Version;
            change(i);
            records.Add(fleet.Registry.ReadDelta(since).Changes.Count);
        }

        return (Spread.Of(records), (plain + Length(DocumentCoding.Plain)) / Changes, (gzip + Length(DocumentCoding.Gzip)) / Changes);

        long Length(DocumentCoding coding) =>
            cache.Delta(fleet.Registry.ReadSnapshot(), fleet.Now, coding)?.Length
            ?? throw new InvalidOperationException("a delta is not complete: the ring of changes is too short");
    }

    // Until no change is young enough for a delta.
    private static void Forget(FleetRegistry fleet)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < 10 * s_retention; passed += s_step)
        {
            fleet.Clock.Pass(s_step);
            fleet.Registry.Advance(fleet.Now);
        }
    }

    private static void Flip(FleetRegistry fleet, int i)
    {
        (byte[] service, byte[] id) = fleet.Fleet.Key(i);
        WriteResult result = fleet.Registry.SetStatus(new InstanceKey(service, id), InstanceStatus.OutOfService, fleet.Now);
        if (result.Error is not null)
        {
            throw new InvalidOperationException(result.Error.Message);
        }
    }
}
