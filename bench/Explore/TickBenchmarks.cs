using BenchmarkDotNet.Attributes;
using Rollcall.Bench.Fleet;

namespace Rollcall.Bench.Explore;

/// <summary>One tick after all have renewed, against looking at every lease.</summary>
[MemoryDiagnoser]
public class TickBenchmarks
{
    private ArmStepper _arm = null!;

    [Params(Sizes.Small, Sizes.Medium, Sizes.Large, Sizes.Million)]
    public int Size { get; set; }

    [GlobalSetup(Target = nameof(Scan))]
    public void SetUpScan() => _arm = new(WriteArms.Scans(Size, Sizes.Chunk));

    [Benchmark(Baseline = true, OperationsPerInvoke = Sizes.Chunk)]
    public long Scan() => _arm.Step();

    // 1,000 ticks are 20 s: each pass starts with a renewal of all.
    [GlobalSetup(Target = nameof(Advance))]
    public void SetUpAdvance() => _arm = new(WriteArms.Ticks(new FleetRegistry(Size), Sizes.Chunk));

    [Benchmark(OperationsPerInvoke = Sizes.Chunk)]
    public long Advance() => _arm.Step();
}
