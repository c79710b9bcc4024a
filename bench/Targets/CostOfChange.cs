using System.Globalization;
using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Targets;

/// <summary>Row 9: one change and the full gzip document after it, in a registry of a million against one of ten thousand.</summary>
internal static class CostOfChange
{
    private const int Changes = 1_000;

    // A block is at most 63 instances and what stands between them.
    private const double BlockInstancesMax = 64;

    public static Measurement Measure()
    {
        (Figure manyRatio, Figure manyBytes) = Shape(SpringFleet.ServicesOfMany, "5,000 services");
        (Figure oneRatio, Figure oneBytes) = Shape(1, "one service");
        return new Measurement(
            [manyRatio, manyBytes, oneRatio, oneBytes],
            "A change sets or clears an override of a random instance; its cost includes publishing it and bringing the document up to date."
        );
    }

    private static (Figure Ratio, Figure Bytes) Shape(int services, string name)
    {
        var small = new DocumentArms(new FleetRegistry(TargetSize.TenThousand, services));
        var large = new DocumentArms(new FleetRegistry(TargetSize.Million, services));
        Arm subject = large.Changes(Changes);
        PairedResult result = PairedRun.Measure(subject, small.Changes(Changes));
        if (!small.IsTrue())
        {
            throw new InvalidOperationException($"{name}: after the changes the document is not that of the registry");
        }

        return (
            Ratios.Figure($"one change with the full document, {name}, 1M against 10k", result) with { Ship = 2, Target = 1.3 },
            BlocksPerChange(large, subject, name)
        );
    }

    private static Figure BlocksPerChange(DocumentArms documents, Arm changes, string name)
    {
        double perInstance = (double)WholeDocument.PlainLength(documents.Full()) / TargetSize.Million;
        changes.Prepare();
        long before = documents.EncodedBytes;
        changes.Work(0, Changes);
        double bytes = (double)(documents.EncodedBytes - before) / Changes;
        double instances = bytes / perInstance;
        return new Figure($"encoded per change at 1M, {name}", Spread.Exactly(instances), "instances")
        {
            Control = string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} B encoded; a block is at most {BlockInstancesMax}"),
            Ship = BlockInstancesMax,
            Target = BlockInstancesMax,
        };
    }
}
