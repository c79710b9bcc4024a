using Rollcall.Bench.Reports;
using Rollcall.Load.Controls;
using Rollcall.Load.Scenarios;
using Rollcall.Load.Targets;

return args switch
{
    ["targets"] => await TargetsCommand.RunAsync(LoadRows.All),
    ["targets", "--rows", var list] when TargetsCommand.Parse(LoadRows.All, list) is { } rows => await TargetsCommand.RunAsync(rows),
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
          targets                     every row of the targets that is measured from outside, at full size; writes load/results and
                                      the README's table of numbers
          targets --rows 4,5,12       only these
          control KIND                what a row is compared with, as a process: kestrel, raw-tcp, raw-fan-out
        """.Replace("FLAGS", ScenarioSettings.Flags, StringComparison.Ordinal)
    );
    return 2;
}
