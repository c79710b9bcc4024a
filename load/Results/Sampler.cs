using System.Diagnostics;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Results;

/// <summary>Looks each second at the steps that are under way and at the server's process.</summary>
/// <remarks>
/// <para>Owner: one run. Steps come and go, and the phase is set, on any thread.</para>
/// <para>Cost: a copy of each step's histogram (270 kB) a second, in the driver; a few system calls for the server.</para>
/// </remarks>
internal sealed class Sampler : IAsyncDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);

    private readonly ProgramProcess? _server;
    private readonly Action<Sample> _taken;
    private readonly Dictionary<LiveStep, StepCounts> _last = []; // guarded by itself
    private readonly HashSet<LiveStep> _ended = []; // guarded by _last
    private readonly CancellationTokenSource _ends = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Task _sampling;
    private ProcessReading? _lastReading;
    private long _lastAt;

    /// <param name="server">Whose use is looked at; null: nobody's.</param>
    /// <param name="taken">Gets each sample, one after the other.</param>
    public Sampler(ProgramProcess? server, Action<Sample> taken)
    {
        _server = server;
        _taken = taken;
        _lastReading = server?.Read();
        _lastAt = _start;
        _sampling = SampleAsync();
    }

    /// <summary>Which part of the run it is; null: between two.</summary>
    public string? Phase { get; set; }

    /// <summary>A step begins.</summary>
    public void Add(LiveStep step)
    {
        lock (_last)
        {
            _last.Add(step, new StepCounts(0, 0, 0, new Histogram()));
        }
    }

    /// <summary>A step has ended: the next sample is its last.</summary>
    public void Remove(LiveStep step)
    {
        lock (_last)
        {
            _ended.Add(step);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _sampling;
        _ends.Dispose();
    }

    private async Task SampleAsync()
    {
        using var timer = new PeriodicTimer(s_every);
        try
        {
            while (await timer.WaitForNextTickAsync(_ends.Token))
            {
                Take();
            }
        }
        catch (OperationCanceledException)
        {
            // What is left is less than a second, and says little of rates.
        }
    }

    private void Take()
    {
        long now = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(_lastAt, now).TotalSeconds;
        ProcessReading? reading = _server?.Read();
        ServerSample? server = reading is null ? null : ServerSample.Of(new ProcessUse(_lastReading!, reading));
        _taken(new Sample(Stopwatch.GetElapsedTime(_start, now).TotalSeconds, Phase, StepsSince(seconds), server));
        (_lastAt, _lastReading) = (now, reading);
    }

    private List<StepSample> StepsSince(double seconds)
    {
        var samples = new List<StepSample>();
        lock (_last)
        {
            foreach ((LiveStep step, StepCounts last) in _last.ToArray())
            {
                StepCounts counts = step.Read();
                counts = counts with { Latency = counts.Latency.Copy() };
                samples.Add(Difference(step.Name, last, counts, seconds));
                _last[step] = counts;
                if (_ended.Remove(step))
                {
                    _last.Remove(step);
                }
            }
        }

        return samples;
    }

    private static StepSample Difference(string name, StepCounts from, StepCounts to, double seconds)
    {
        Histogram latency = to.Latency.Since(from.Latency);
        bool any = latency.Count > 0;
        return new StepSample(
            name,
            (to.Started - from.Started) / seconds,
            (to.Ok - from.Ok) / seconds,
            to.Failed - from.Failed,
            any ? latency.Percentile(0.5).TotalMilliseconds : null,
            any ? latency.Percentile(0.99).TotalMilliseconds : null
        );
    }
}
