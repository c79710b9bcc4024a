using BenchmarkDotNet.Attributes;
using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;

namespace Rollcall.Bench.Explore;

/// <summary>The full document in gzip JSON: copied from its cached pieces, after a change, and encoded for the request.</summary>
[MemoryDiagnoser]
public class DocumentBenchmarks
{
    private const int Changes = 100;

    private DocumentArms _documents = null!;
    private Arm _encode = null!;
    private Arm _read = null!;
    private Arm _change = null!;

    [Params(Sizes.Small, Sizes.Medium, Sizes.Large, Sizes.Million)]
    public int Size { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _documents = new DocumentArms(new FleetRegistry(Size));
        _change = _documents.Changes(Changes);
        PairedRun.Check(_change);
        _encode = _documents.EncodePerRequest();
        PairedRun.Check(_encode);
        _read = _documents.Read();
        PairedRun.Check(_read);
    }

    [Benchmark(Baseline = true)]
    public long EncodePerRequest() => _encode.Work(0, 1);

    [Benchmark]
    public long ReadFull() => _read.Work(0, 1);

    /// <summary>Per change, with the document brought up to date after each.</summary>
    [Benchmark(OperationsPerInvoke = Changes)]
    public long Change()
    {
        _change.Prepare();
        return _change.Work(0, Changes);
    }
}
