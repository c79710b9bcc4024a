using Rollcall.Bench.Targets;

return args switch
{
    ["targets"] => TargetsCommand.Run(TargetRow.All),
    ["targets", "--rows", var list] when TargetsCommand.Parse(list) is { } rows => TargetsCommand.Run(rows),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        dotnet run -c Release --project bench -- <command>

          targets                     measure every row at full size; writes bench/results and the README's table of numbers
          targets --rows 1,2,17       only these
        """
    );
    return 2;
}
