using System.Globalization;
using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Bench.Targets;

/// <summary>Row 7: managed bytes of one of a million instances, with every index and one warm document; further documents printed.</summary>
internal static class MemoryPerInstance
{
    // The benchmark's own list of handles is not the registry's.
    private const int HandleBytes = 8;

    public static Measurement Measure()
    {
        double naive = Naive();
        long start = GC.GetTotalMemory(true);
        var fleet = new FleetRegistry(TargetSize.Million);
        double registry = PerInstance(start) - HandleBytes;

        long beforeJson = GC.GetTotalMemory(true);
        object json = Warm(fleet, new EurekaJsonEncoder(compact: false), out EncodedDocument document);
        double jsonKept = PerInstance(beforeJson);
        double resident = (double)Environment.WorkingSet / TargetSize.Million;

        long beforeXml = GC.GetTotalMemory(true);
        object xml = Warm(fleet, new EurekaXmlEncoder(compact: false), out _);
        double xmlKept = PerInstance(beforeXml);

        long beforeCompact = GC.GetTotalMemory(true);
        object compact = Warm(fleet, new EurekaJsonEncoder(compact: true), out _);
        double compactKept = PerInstance(beforeCompact);

        double plain = (double)WholeDocument.PlainLength(document) / TargetSize.Million;
        double packed = (double)document.Length / TargetSize.Million;
        GC.KeepAlive((fleet, json, xml, compact));
        string control = string.Create(CultureInfo.InvariantCulture, $"{naive:F0} B as an object of strings");
        return new Measurement(
            [
                Bytes("memory of one instance, indexes and gzip JSON", registry + jsonKept) with
                {
                    Control = control,
                    Ship = 512,
                    Target = 384,
                },
                Bytes("of it: record, leases, tables, tree, indexes, changes kept", registry),
                Bytes("of it: the full document, gzip JSON", jsonKept),
                Bytes("a further document: gzip XML", xmlKept),
                Bytes("a further document: gzip JSON, compact", compactKept),
                Bytes("the process's resident memory with one document", resident),
            ],
            string.Create(
                CultureInfo.InvariantCulture,
                $"{SpringFleet.ServicesOfMany} services; an instance is {plain:F0} B of Eureka's JSON, {packed:F0} B in gzip. Managed bytes by GC.GetTotalMemory(true)."
            )
        );
    }

    private static Figure Bytes(string name, double value) => new(name, Spread.Exactly(value), "B");

    private static double PerInstance(long since) => (double)(GC.GetTotalMemory(true) - since) / TargetSize.Million;

    private static double Naive()
    {
        long start = GC.GetTotalMemory(true);
        var fleet = new SpringFleet(SpringFleet.ServicesOfMany);
        var naive = new NaiveRegistry();
        for (int i = 0; i < TargetSize.Million; i++)
        {
            naive.Register(fleet.Registration(i));
        }

        double bytes = PerInstance(start);
        return naive.Count == TargetSize.Million ? bytes : throw new InvalidOperationException("the naive registry lost instances");
    }

    private static EncodedSnapshotCache<TEncoder> Warm<TEncoder>(FleetRegistry fleet, TEncoder encoder, out EncodedDocument full)
        where TEncoder : struct, ISnapshotEncoder
    {
        var cache = new EncodedSnapshotCache<TEncoder>(fleet.Registry, encoder);
        full = cache.Full(fleet.Registry.ReadSnapshot(), DocumentCoding.Gzip);
        return cache;
    }
}
