using System.Globalization;

namespace Rollcall.Bench.Reports;

/// <summary>A row of the project's targets, and how it is measured.</summary>
/// <param name="Project">Which project measures it: <c>bench</c> inside one process, <c>load</c> from outside.</param>
/// <param name="Number">Number of the row.</param>
/// <param name="Quantity">What it is about.</param>
/// <param name="MeasureAsync">Measures it; takes seconds to minutes.</param>
internal sealed record TargetRow(string Project, int Number, string Quantity, Func<Task<Measurement>> MeasureAsync)
{
    /// <summary>Flags that it was measured with, to repeat it.</summary>
    public string Flags { get; init; } = "";

    /// <summary>Measures the row as it goes on file.</summary>
    public async Task<RowResult> RunAsync(MachineFacts machine)
    {
        Measurement measured = await MeasureAsync();
        string number = Number.ToString(CultureInfo.InvariantCulture);
        return new RowResult(
            Number,
            Project,
            Quantity,
            $"dotnet run -c Release --project {Project} -- targets --rows {number} {Flags}".TrimEnd(),
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
