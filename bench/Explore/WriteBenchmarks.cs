using BenchmarkDotNet.Attributes;
using Rollcall.Bench.Fleet;

namespace Rollcall.Bench.Explore;

/// <summary>Registering again, each registration published before it is acknowledged, against dictionaries that publish nothing.</summary>
[MemoryDiagnoser]
public class WriteBenchmarks
{
    private ArmStepper _arm = null!;

    [Params(Sizes.Small, Sizes.Medium, Sizes.Large, Sizes.Million)]
    public int Size { get; set; }

    [GlobalSetup(Target = nameof(Dictionaries))]
    public void SetUpDictionaries() => _arm = new(WriteArms.NaiveRegister(new FleetRegistry(Size), Size));

    [Benchmark(Baseline = true, OperationsPerInvoke = Sizes.Chunk)]
    public long Dictionaries() => _arm.Step();

    [GlobalSetup(Target = nameof(Register))]
    public void SetUpRegister() => _arm = new(WriteArms.RegisterAgain(new FleetRegistry(Size), Size));

    [Benchmark(OperationsPerInvoke = Sizes.Chunk)]
    public long Register() => _arm.Step();
}
