using BenchmarkDotNet.Attributes;
using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;

namespace Rollcall.Bench.Explore;

/// <summary>A third of all leases end at once, against a queue and a dictionary. Times are of all of them together.</summary>
[MemoryDiagnoser]
[WarmupCount(2)]
[IterationCount(5)]
public class ExpiryBenchmarks
{
    private Arm _arm = null!;

    [Params(Sizes.Small, Sizes.Medium, Sizes.Large, Sizes.Million)]
    public int Size { get; set; }

    [GlobalSetup(Target = nameof(QueueAndDictionary))]
    public void SetUpQueueAndDictionary() => SetUp(WriteArms.NaiveExpire);

    [Benchmark(Baseline = true)]
    public long QueueAndDictionary() => _arm.Work(0, _arm.Operations);

    [GlobalSetup(Target = nameof(Expire))]
    public void SetUpExpire() => SetUp(WriteArms.Expire);

    [Benchmark]
    public long Expire() => _arm.Work(0, _arm.Operations);

    [IterationSetup]
    public void Prepare() => _arm.Prepare();

    private void SetUp(Func<FleetRegistry, int, Arm> arm)
    {
        var fleet = new FleetRegistry(Size, adjust: options => options with { GuardEnabled = false });
        _arm = arm(fleet, Size / 3);
        PairedRun.Check(_arm);
    }
}
