using BenchmarkDotNet.Running;
using Rollcall.Bench.Gate;
using Rollcall.Bench.Reports;
using Rollcall.Bench.Sizing;
using Rollcall.Bench.Targets;

return args switch
{
    ["explore", .. string[] rest] => Explore(rest),
    ["gate"] => GateCommand.Run(),
    ["gate", "--update-baseline"] => GateCommand.UpdateBaseline(),
    ["targets"] => await TargetsCommand.RunAsync(BenchRows.All),
    ["targets", "--rows", var list] when TargetsCommand.Parse(BenchRows.All, list) is { } rows => await TargetsCommand.RunAsync(rows),
    ["sizing", .. string[] rest] => SizingCommand.Run(rest),
    _ => Usage(),
};

static int Explore(string[] rest)
{
    // In this process: BenchmarkDotNet looks for a project of the assembly's name, and ours has the namespace's.
    BenchmarkSwitcher.FromAssembly(typeof(GateCommand).Assembly).Run([.. rest, "--inProcess"]);
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine(
        """
        dotnet run -c Release --project bench -- <command>

          gate                        the short set against bench/baseline.json; exit code 1 if something became worse
          gate --update-baseline      make what is measured now the baseline, on purpose
          targets                     every row at full size; writes bench/results and the tables of numbers
          targets --rows 1,2,17       only these
          sizing --nodes 5 --regions 2 --instances 100000
                                      a cluster in simulated time, see docs/cluster-sizing.md
          explore <arguments>         BenchmarkDotNet: --list flat, --filter '*Renew*', --job short
        """
    );
    return 2;
}
