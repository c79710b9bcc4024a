using System.Diagnostics;

namespace Rollcall.Load.Driving;

/// <summary>When each change was due, and how long it took to each subscriber.</summary>
/// <remarks>
/// <para>Owner: a writer says when a change is due before it is sent; subscribers say when they have it, from any thread.</para>
/// <para>Shape: a time for each number of an instance; an instance must not change again before all have its last change.</para>
/// </remarks>
internal sealed class ChangeTimes(int numbers)
{
    // A subscriber's thread takes that of its processor: hundreds of thousands of changes a second meet in few counters.
    private readonly Histogram[] _latency = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Histogram())];
    private readonly long[] _dueAt = new long[numbers];
    private LiveStep? _live;

    /// <summary>The change of an instance is due.</summary>
    public void Due(uint number, long at) => Volatile.Write(ref _dueAt[number], at);

    /// <summary>A subscriber has the change of an instance.</summary>
    public void Seen(uint number, long at)
    {
        if (number < _dueAt.Length && Volatile.Read(ref _dueAt[number]) is var due && due != 0)
        {
            int shard = Thread.GetCurrentProcessorId() % _latency.Length;
            _latency[shard].Record((long)Stopwatch.GetElapsedTime(due, at).TotalNanoseconds);
        }
    }

    /// <summary>What was seen until now, for whoever watches the run.</summary>
    public LiveStep Live => _live ??= new LiveStep("change to subscriber", Counts);

    /// <summary>All that was seen.</summary>
    public Histogram Latency()
    {
        var all = new Histogram();
        Array.ForEach(_latency, all.Add);
        return all;
    }

    private StepCounts Counts()
    {
        Histogram latency = Latency();
        return new StepCounts(latency.Count, latency.Count, 0, latency);
    }
}
