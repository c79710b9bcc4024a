using BenchmarkDotNet.Attributes;
using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;

namespace Rollcall.Bench.Explore;

/// <summary>The same renewals from one thread and from two: what threads take from each other. Every thread renews all instances.</summary>
[MemoryDiagnoser]
public class RenewByThreadsBenchmarks
{
    // Enough that waking the second thread does not count.
    private const int Steps = 50;

    private ArmStepper[] _arms = [];

    [Params(Sizes.Large, Sizes.Million)]
    public int Size { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup(Target = nameof(RawSwap))]
    public void SetUpRawSwap() => SetUp(arms => arms.RawSwap());

    [Benchmark(Baseline = true, OperationsPerInvoke = Sizes.Chunk * Steps)]
    public void RawSwap() => Step();

    [GlobalSetup(Target = nameof(RenewByHandle))]
    public void SetUpRenewByHandle() => SetUp(arms => arms.OneByHandle());

    [Benchmark(OperationsPerInvoke = Sizes.Chunk * Steps)]
    public void RenewByHandle() => Step();

    [GlobalSetup(Target = nameof(RenewByKey))]
    public void SetUpRenewByKey() => SetUp(arms => arms.ByKey());

    [Benchmark(OperationsPerInvoke = Sizes.Chunk * Steps)]
    public void RenewByKey() => Step();

    private void SetUp(Func<RenewalArms, Arm> arm)
    {
        var fleet = new FleetRegistry(Size);
        _arms = [.. Enumerable.Range(0, Threads).Select(_ => new ArmStepper(arm(new RenewalArms(fleet))))];
    }

    private void Step() =>
        Parallel.ForEach(
            _arms,
            static arm =>
            {
                for (int step = 0; step < Steps; step++)
                {
                    arm.Step();
                }
            }
        );
}
