using System.Globalization;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Targets;

/// <summary>A row of the project's targets, and how it is measured.</summary>
/// <param name="Number">Number of the row.</param>
/// <param name="Quantity">What it is about.</param>
/// <param name="Measure">Measures it; takes seconds to minutes.</param>
internal sealed record TargetRow(int Number, string Quantity, Func<Measurement> Measure)
{
    /// <summary>The rows that belong to the core, in order.</summary>
    public static IReadOnlyList<TargetRow> All { get; } =
    [
        new(1, "renew in the core by handle, 1M leases in random order", RenewByHandle.Measure),
        new(2, "renew in the core by key, 1M leases in random order", RenewByKey.Measure),
        new(7, "memory of one of a million Spring-like instances", MemoryPerInstance.Measure),
        new(8, "a million instances, each renewing every 30 s: the core's part", RenewalLoad.Measure),
        new(9, "cost of one change to the encoded full snapshot", CostOfChange.Measure),
        new(10, "full read of 100k instances, warm", FullRead.Measure),
        new(11, "records and bytes of a delta: the core's part", DeltaBytes.Measure),
        new(16, "expiry: never early, and how late", ExpiryLateness.Measure),
        new(17, "mass expiry: 330k of 1M leases at once, guard off", MassExpiry.Measure),
    ];

    /// <summary>Measures the row as it goes on file.</summary>
    public RowResult Run(MachineFacts machine)
    {
        Measurement measured = Measure();
        string number = Number.ToString(CultureInfo.InvariantCulture);
        return new RowResult(
            Number,
            Quantity,
            $"dotnet run -c Release --project bench -- targets --rows {number}",
            TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            machine,
            measured.Figures,
            measured.Notes
        );
    }
}

/// <summary>What measuring a row gives.</summary>
/// <param name="Figures">The numbers.</param>
/// <param name="Notes">What a reader must know to judge them.</param>
internal sealed record Measurement(IReadOnlyList<Figure> Figures, params IReadOnlyList<string> Notes);
