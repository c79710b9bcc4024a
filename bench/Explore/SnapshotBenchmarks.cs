using BenchmarkDotNet.Attributes;
using Rollcall.Bench.Fleet;

namespace Rollcall.Bench.Explore;

/// <summary>Reads of the core itself, in random order: the snapshot, one instance, and what changed last.</summary>
[MemoryDiagnoser]
public class SnapshotBenchmarks
{
    private ArmStepper _arm = null!;

    [Params(Sizes.Small, Sizes.Medium, Sizes.Large, Sizes.Million)]
    public int Size { get; set; }

    [GlobalSetup(Target = nameof(Dictionary))]
    public void SetUpDictionary() => _arm = new(new RenewalArms(new FleetRegistry(Size)).DictionaryByString());

    [Benchmark(Baseline = true, OperationsPerInvoke = Sizes.Chunk)]
    public long Dictionary() => _arm.Step();

    [GlobalSetup(Target = nameof(Find))]
    public void SetUpFind() => _arm = new(ReadArms.Find(new FleetRegistry(Size)));

    [Benchmark(OperationsPerInvoke = Sizes.Chunk)]
    public long Find() => _arm.Step();

    [GlobalSetup(Target = nameof(ReadSnapshot))]
    public void SetUpReadSnapshot() => _arm = new(ReadArms.ReadSnapshot(new FleetRegistry(Size)));

    [Benchmark(OperationsPerInvoke = Sizes.Chunk)]
    public long ReadSnapshot() => _arm.Step();

    [GlobalSetup(Target = nameof(ReadDelta))]
    public void SetUpReadDelta() => _arm = new(ReadArms.ReadDelta(new FleetRegistry(Size)));

    [Benchmark(OperationsPerInvoke = Sizes.Chunk)]
    public long ReadDelta() => _arm.Step();
}
