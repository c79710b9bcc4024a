using BenchmarkDotNet.Attributes;
using Rollcall.Bench.Fleet;

namespace Rollcall.Bench.Explore;

/// <summary>Renewals in random order, one thread, against a raw swap and against dictionaries.</summary>
[MemoryDiagnoser]
public class RenewBenchmarks
{
    private ArmStepper _arm = null!;

    [Params(Sizes.Small, Sizes.Medium, Sizes.Large, Sizes.Million)]
    public int Size { get; set; }

    [GlobalSetup(Target = nameof(RawSwap))]
    public void SetUpRawSwap() => _arm = new(Arms().RawSwap());

    [Benchmark(Baseline = true, OperationsPerInvoke = Sizes.Chunk)]
    public long RawSwap() => _arm.Step();

    [GlobalSetup(Target = nameof(RenewMany))]
    public void SetUpRenewMany() => _arm = new(Arms().ManyByHandle(Sizes.Chunk));

    [Benchmark(OperationsPerInvoke = Sizes.Chunk)]
    public long RenewMany() => _arm.Step();

    [GlobalSetup(Target = nameof(RenewByHandle))]
    public void SetUpRenewByHandle() => _arm = new(Arms().OneByHandle());

    [Benchmark(OperationsPerInvoke = Sizes.Chunk)]
    public long RenewByHandle() => _arm.Step();

    [GlobalSetup(Target = nameof(RenewByKey))]
    public void SetUpRenewByKey() => _arm = new(Arms().ByKey());

    [Benchmark(OperationsPerInvoke = Sizes.Chunk)]
    public long RenewByKey() => _arm.Step();

    [GlobalSetup(Target = nameof(DictionaryByString))]
    public void SetUpDictionaryByString() => _arm = new(Arms().DictionaryByString());

    [Benchmark(OperationsPerInvoke = Sizes.Chunk)]
    public long DictionaryByString() => _arm.Step();

    [GlobalSetup(Target = nameof(DictionaryByUtf8))]
    public void SetUpDictionaryByUtf8() => _arm = new(Arms().DictionaryByUtf8());

    [Benchmark(OperationsPerInvoke = Sizes.Chunk)]
    public long DictionaryByUtf8() => _arm.Step();

    private RenewalArms Arms() => new(new FleetRegistry(Size));
}
