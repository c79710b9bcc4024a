using Rollcall.Bench.Reports;
using Rollcall.Load.Capacity;
using Rollcall.Load.Controls;
using Rollcall.Load.Pages;
using Rollcall.Load.Results;
using Rollcall.Load.Scenarios;
using Rollcall.Load.Targets;

return args switch
{
    ["targets", .. var flags] when LoadRows.Parse(flags) is { } rows => await TargetsCommand.RunAsync(rows),
    ["capacity", .. var flags] => await CapacityCommand.RunAsync(flags),
    ["compare", var a, var b] => CompareCommand.Run(a, b, Console.Out, Console.Error),
    ["report", .. var files] => ReportCommand.Run(files),
    ["history", "append"] => History.AppendNow(),
    ["run", var name, .. var rest] => await RunCommand.RunAsync(name, rest),
    ["list"] => RunCommand.List(),
    ["control", var kind] when await ControlCommand.RunAsync(kind) is { } exitCode => exitCode,
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        dotnet run -c Release --project load -- <command>

          list                        the scenarios
          run NAME [flags]            one scenario; exit code 1 if what the server holds in the end is not what was sent
                                      FLAGS
          capacity [flags]            the most instances, heartbeats, reads and subscribers with a p99 of at most 50 ms; writes docs/capacity.md
                                      CAPACITY
          compare A.json B.json       what became better or worse from one run to another; exit code 1 if something is worse
          report A.json               the page of a run anew; without a file the page of all numbers on file and their history
          targets                     every row of the targets that is measured from outside, at full size; writes load/results and
                                      the tables of numbers
          targets --rows 4,5,12       only these; with --duration 3m behind it, row 8 is held for so long
          history append              what is on file now becomes a line of load/history.jsonl, on purpose
          control KIND                what a row is compared with, as a process: kestrel, raw-tcp, raw-fan-out
        """.Replace("CAPACITY", CapacityCommand.Flags, StringComparison.Ordinal).Replace("FLAGS", ScenarioSettings.Flags, StringComparison.Ordinal)
    );
    return 2;
}
