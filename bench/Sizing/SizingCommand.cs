using System.Diagnostics;
using System.Globalization;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Sizing;

/// <summary><c>sizing</c>: runs clusters of many nodes in simulated time, prints what they cost, and puts it on file.</summary>
internal static class SizingCommand
{
    /// <summary>What may follow <c>sizing</c>.</summary>
    public const string Usage =
        "sizing --nodes 5 --regions 2 --shape mesh --instances 10000,100000 [--activities steady,stream,heal,join,ask] "
        + "[--far-ms 80] [--near-ms 0.25] [--mbit 1000] [--window-mib 4] [--batch N] [--in-flight N] [--rate 1000] [--keep false]";

    private static readonly TimeSpan s_steady = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_stream = TimeSpan.FromSeconds(10);

    /// <summary>Runs each size in turn.</summary>
    /// <returns>Exit code: 2 if the arguments say nothing.</returns>
    public static int Run(string[] arguments)
    {
        if (!TryParse(arguments, out IReadOnlyList<SizingCase> cases, out string[] activities, out bool keep))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        _ = Measure(cases[0] with { Instances = 2_000, Ring = 256 }, activities); // so that the code is compiled before it is timed
        foreach (SizingCase of in cases)
        {
            var watch = Stopwatch.StartNew();
            SizingResult result = Measure(of, activities);
            Console.WriteLine(SizingTable.Text(result));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"in {watch.Elapsed.TotalSeconds:F0} s of this machine's time"));
            if (keep)
            {
                result.Write();
            }

            GC.Collect();
        }

        if (keep && NumbersTable.WriteTo(RepositoryFiles.Sizing, SizingTable.Markdown(SizingResult.ReadAll())) is { } problem)
        {
            Console.Error.WriteLine(problem);
        }

        return 0;
    }

    private static SizingResult Measure(SizingCase of, string[] activities)
    {
        var run = new SizingRun(of, takesTime: true);
        List<SizingActivity> measured = [];
        foreach (string activity in activities)
        {
            measured.Add(
                activity switch
                {
                    "steady" => run.Steady(s_steady),
                    "stream" => run.Stream(s_stream),
                    "heal" => run.Heal(),
                    "join" => run.Join(leads: false),
                    "ask" => run.Join(leads: true),
                    _ => throw new ArgumentException($"'{activity}' is no activity: steady, stream, heal, join, ask"),
                }
            );
        }

        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new SizingResult(of, SourceCommit.Read(), date, MachineFacts.Read(), run.NodeMemory, measured);
    }

    private static bool TryParse(string[] arguments, out IReadOnlyList<SizingCase> cases, out string[] activities, out bool keep)
    {
        var of = new SizingCase(5, 1, ClusterShape.Mesh, 10_000);
        int[] sizes = [of.Instances];
        activities = ["steady", "stream", "heal", "join"];
        keep = true;
        bool understood = arguments.Length % 2 == 0;
        foreach (string[] pair in arguments.Chunk(2).Where(pair => pair.Length == 2))
        {
            string value = pair[1];
            switch (pair[0])
            {
                case "--instances":
                    sizes = [.. value.Split(',').Select(Whole)];
                    break;
                case "--activities":
                    activities = value.Split(',');
                    break;
                case "--keep":
                    keep = bool.Parse(value);
                    break;
                default:
                    SizingCase? with = With(of, pair[0], value);
                    understood &= with is not null;
                    of = with ?? of;
                    break;
            }
        }

        cases = [.. sizes.Select(size => of with { Instances = size })];
        return understood;
    }

    private static SizingCase? With(SizingCase of, string name, string value) =>
        name switch
        {
            "--nodes" => of with { Nodes = Whole(value) },
            "--regions" => of with { Regions = Whole(value) },
            "--shape" => of with { Shape = Enum.Parse<ClusterShape>(value, ignoreCase: true) },
            "--far-ms" => of with { FarMs = Number(value) },
            "--near-ms" => of with { NearMs = Number(value) },
            "--mbit" => of with { MbitPerSecond = Number(value) },
            "--window-mib" => of with { WindowMib = Number(value) },
            "--batch" => of with { Batch = Whole(value) },
            "--in-flight" => of with { InFlight = Whole(value) },
            "--rate" => of with { Rate = Whole(value) },
            _ => null,
        };

    private static int Whole(string value) => int.Parse(value, CultureInfo.InvariantCulture);

    private static double Number(string value) => double.Parse(value, CultureInfo.InvariantCulture);
}
