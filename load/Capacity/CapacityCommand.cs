using System.Diagnostics;
using System.Globalization;
using System.Text;
using Rollcall.Bench;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core;
using Rollcall.Load.Driving;
using Rollcall.Load.Results;

namespace Rollcall.Load.Capacity;

/// <summary><c>capacity</c>: the most of each quantity that keeps an objective, as a page in Markdown.</summary>
internal static class CapacityCommand
{
    private const int WrongUse = 2;
    private const int NothingHeld = 1;

    /// <summary>Names of all flags, for people.</summary>
    public const string Flags = "--p99 50ms --trial 4s --only NAME,NAME --limit 1000 --out FILE";

    /// <summary>Searches and writes.</summary>
    /// <returns>Exit code: 1 if nothing was held of a quantity.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (Parse(args) is not { } settings)
        {
            await Console.Error.WriteLineAsync($"capacity knows {Flags}; the names are {string.Join(", ", Quantity.All.Select(q => q.Name))}.");
            return WrongUse;
        }

        var machine = MachineFacts.Read();
        var watch = Stopwatch.StartNew();
        var findings = new List<(Quantity Quantity, Finding Finding)>();
        foreach (Quantity quantity in settings.Quantities)
        {
            Console.WriteLine(quantity.Text);
            findings.Add((quantity, await FindAsync(quantity, settings)));
        }

        string page = Page(findings, settings, machine, string.Join(' ', args), watch.Elapsed);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(settings.Out))!);
        await File.WriteAllTextAsync(settings.Out, page);
        Console.WriteLine($"{settings.Out}, in {watch.Elapsed.TotalSeconds:N0} s");
        return findings.All(found => found.Finding.Held.Count > 0) ? 0 : NothingHeld;
    }

    /// <summary>What the flags ask for; null: one of them is wrong.</summary>
    public static CapacitySettings? Parse(IReadOnlyList<string> args)
    {
        var settings = new CapacitySettings();
        for (int i = 0; i < args.Count; i += 2)
        {
            string? value = i + 1 < args.Count ? args[i + 1] : null;
            CapacitySettings? next = args[i] switch
            {
                "--p99" when Time(value) is { } time => settings with { P99Max = time },
                "--trial" when Time(value) is { } time => settings with { Trial = time },
                "--limit" when double.TryParse(value, CultureInfo.InvariantCulture, out double limit) && limit >= 1 => settings with { Limit = limit },
                "--out" when value is not null => settings with { File = value },
                "--only" when value?.Split(',') is { } names && names.All(name => Quantity.All.Any(q => q.Name == name)) => settings with
                {
                    Quantities = [.. Quantity.All.Where(quantity => names.Contains(quantity.Name))],
                },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            settings = next;
        }

        return settings;
    }

    private static TimeSpan? Time(string? text) =>
        text is not null && DurationText.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero ? time : null;

    private static async Task<Finding> FindAsync(Quantity quantity, CapacitySettings settings)
    {
        var search = new CapacitySearch(new Objective(settings.P99Max), quantity.Bisections, quantity.Confirmations);
        double limit = Math.Min(quantity.Limit, settings.Limit);
        await using ICapacityTrials trials = await quantity.StartAsync(settings.Trial);
        return await search.FindAsync(Math.Min(quantity.Start, limit), limit, TryAsync);

        async Task<Trial> TryAsync(double load)
        {
            Trial trial = await trials.TryAsync(load);
            Console.WriteLine($"  {load:N0}: {search.Objective.MissedBy(trial) ?? "held"}, p99 {LatencyText.Of(trial.P99)}");
            return trial;
        }
    }

    /// <summary>The page.</summary>
    public static string Page(
        IReadOnlyList<(Quantity Quantity, Finding Finding)> findings,
        CapacitySettings settings,
        MachineFacts machine,
        string flags,
        TimeSpan took
    )
    {
        var text = new StringBuilder();
        text.Append("# What one server holds\n\n");
        text.Append(CultureInfo.InvariantCulture, $"The most of each that kept p99 at or below {DurationText.Show(settings.P99Max)} from the intended start, ");
        text.Append(CultureInfo.InvariantCulture, $"with no error and {100 * Objective.AchievedMin:0} % of what was offered done, driver and server on the same machine. ");
        text.Append("The load is doubled until it is missed, the gap closed in, and what is found must hold again; the spread is over those trials.\n\n");
        text.Append("| quantity | held | p99 there | spread | the lowest not held | because |\n|---|---|---|---|---|---|\n");
        foreach ((Quantity quantity, Finding found) in findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {quantity.Text} | {Held(found)} | {P99(found)} | {SpreadOf(found)} ");
            text.Append(CultureInfo.InvariantCulture, $"| {found.Missed?.Load:N0} | {found.MissedBy ?? "the search ended at its limit"} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n`{$"dotnet run -c Release --project load -- capacity {flags}".TrimEnd()}`, ");
        text.Append(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, commit {SourceCommit.Read()}, {took.TotalSeconds:N0} s, ");
        text.Append(CultureInfo.InvariantCulture, $"trials of {DurationText.Show(settings.Trial)}. {machine.Processor}, {machine.Cores} cores, {machine.MemoryGb} GB, ");
        text.Append(CultureInfo.InvariantCulture, $"{machine.Runtime}, {machine.System}, load {machine.Load} at the start.\n");
        return text.ToString();
    }

    private static string Held(Finding found) => found.Held.Count == 0 ? "**nothing**" : found.Most.ToString("N0", CultureInfo.InvariantCulture);

    private static string P99(Finding found) => found.Held.Count == 0 ? "" : LatencyText.Of(TimeSpan.FromMilliseconds(Of(found).Median));

    private static string SpreadOf(Finding found) =>
        found.Held.Count < 2
            ? ""
            : $"{LatencyText.Of(TimeSpan.FromMilliseconds(Of(found).Min))} .. {LatencyText.Of(TimeSpan.FromMilliseconds(Of(found).Max))} of {found.Held.Count}";

    private static Spread Of(Finding found) => Spread.Of(found.Held.Select(trial => trial.P99.TotalMilliseconds));
}

/// <summary>What is searched for.</summary>
internal sealed record CapacitySettings
{
    /// <summary>The objective.</summary>
    public TimeSpan P99Max { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a load is tried.</summary>
    public TimeSpan Trial { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Which.</summary>
    public IReadOnlyList<Quantity> Quantities { get; init; } = Quantity.All;

    /// <summary>Where the search of each ends at the latest.</summary>
    public double Limit { get; init; } = double.MaxValue;

    /// <summary>Where the page goes; null: where <see cref="Out"/> says.</summary>
    public string? File { get; init; }

    /// <summary>The committed page if all was searched without a limit; else one that is not committed.</summary>
    public string Out =>
        File ?? RepositoryFiles.PathOf(Quantities.Count == Quantity.All.Count && Limit == double.MaxValue ? "docs/capacity.md" : "artifacts/load/capacity.md");
}
