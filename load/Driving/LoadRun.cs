using System.Collections.Concurrent;
using System.Diagnostics;

namespace Rollcall.Load.Driving;

/// <summary>Makes one request and waits for its answer.</summary>
/// <param name="request">Which.</param>
/// <param name="cancellation">Ends the waiting at the end of the run.</param>
/// <returns>False, or an exception: it failed.</returns>
internal delegate ValueTask<bool> Step(Request request, CancellationToken cancellation);

/// <summary>One request of a step.</summary>
/// <param name="Number">0, 1, 2, …</param>
/// <param name="IntendedAt">When it is due, of <see cref="Stopwatch"/>: from there its latency counts.</param>
internal readonly record struct Request(int Number, long IntendedAt);

/// <summary>Runs one step under one load simulation, once.</summary>
/// <remarks>
/// An open loop starts each request when it is due, from one thread, and counts its latency from there: what waits behind a stall,
/// in the driver or in the server, is seen by everyone who waited (no coordinated omission).
/// </remarks>
internal sealed class LoadRun
{
    private const int ErrorsShown = 5;

    // Of the last requests, after the schedule has ended.
    private static readonly TimeSpan s_drainMax = TimeSpan.FromSeconds(30);

    private readonly Step _step;
    private readonly LoadSimulation _simulation;
    private readonly int _seed;
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _started;
    private long _ok;
    private long _failed;
    private long _pending = 1; // the run itself, so that it is not drained before all are started
    private long _lastAnswer;

    /// <param name="name">Of the step, for people.</param>
    /// <param name="step">One request; may be called many times at once.</param>
    /// <param name="simulation">How load comes.</param>
    /// <param name="seed">Of what is random in the schedule.</param>
    public LoadRun(string name, Step step, LoadSimulation simulation, int seed = 1)
    {
        Name = name;
        _step = step;
        _simulation = simulation;
        _seed = seed;
    }

    public string Name { get; }

    /// <summary>Of those answered well until now.</summary>
    public Histogram Latency { get; } = new();

    /// <summary>How many are started, answered well and failed until now.</summary>
    public (long Started, long Ok, long Failed) Counts =>
        (Interlocked.Read(ref _started), Interlocked.Read(ref _ok), Interlocked.Read(ref _failed));

    /// <summary>Runs <paramref name="step"/> as <paramref name="simulation"/> says; returns when all are answered.</summary>
    public static Task<StepStats> RunAsync(
        string name,
        Step step,
        LoadSimulation simulation,
        int seed = 1,
        CancellationToken cancellation = default
    ) => new LoadRun(name, step, simulation, seed).RunAsync(cancellation);

    /// <summary>Runs; returns when all are answered. Once.</summary>
    /// <param name="cancellation">Ends the run before its time: what was not started is not counted.</param>
    public Task<StepStats> RunAsync(CancellationToken cancellation) =>
        _simulation switch
        {
            OpenSimulation open => RunOpenAsync(open, new Random(_seed), cancellation),
            KeepConstant closed => RunClosedAsync(closed, cancellation),
            _ => throw new InvalidOperationException($"{_simulation} is neither open nor closed."),
        };

    private async Task<StepStats> RunOpenAsync(OpenSimulation simulation, Random random, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        long start = Stopwatch.GetTimestamp();
        var pacing = Task.Factory.StartNew(
            () => StartAll(simulation, random, start, ended.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        long started = await pacing;
        TimeSpan offering = cancellation.IsCancellationRequested ? Stopwatch.GetElapsedTime(start) : simulation.During;
        if (Interlocked.Decrement(ref _pending) > 0)
        {
            await Task.WhenAny(_drained.Task, Task.Delay(s_drainMax, cancellation));
            // First the count: those that are cancelled then count themselves out.
            Fail($"no answer within {s_drainMax.TotalSeconds:N0} s of the last start", Volatile.Read(ref _pending));
            await ended.CancelAsync();
        }

        return Stats(started / offering.TotalSeconds, start, offering);
    }

    private long StartAll(OpenSimulation simulation, Random random, long start, CancellationToken cancellation)
    {
        int number = 0;
        foreach (TimeSpan arrival in simulation.Arrivals(random))
        {
            long intended = start + (long)(arrival.TotalSeconds * Stopwatch.Frequency);
            Pacer.WaitUntil(intended);
            if (cancellation.IsCancellationRequested)
            {
                break;
            }

            Interlocked.Increment(ref _pending);
            Interlocked.Increment(ref _started);
            _ = RunOneAsync(new Request(number++, intended), cancellation);
        }

        return number;
    }

    private async Task RunOneAsync(Request request, CancellationToken cancellation)
    {
        await TryAsync(request, cancellation);
        if (Interlocked.Decrement(ref _pending) == 0)
        {
            _drained.TrySetResult();
        }
    }

    private async Task<StepStats> RunClosedAsync(KeepConstant simulation, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        int number = -1;
        await Task.WhenAll(Enumerable.Range(0, simulation.Copies).Select(_ => Task.Run(CopyAsync, CancellationToken.None)));
        return Stats(Interlocked.Read(ref _ok) / Stopwatch.GetElapsedTime(start).TotalSeconds, start, TimeSpan.Zero);

        async Task CopyAsync()
        {
            do
            {
                Interlocked.Increment(ref _started);
                await TryAsync(new Request(Interlocked.Increment(ref number), Stopwatch.GetTimestamp()), cancellation);
            } while (Stopwatch.GetElapsedTime(start) < simulation.During && !cancellation.IsCancellationRequested);
        }
    }

    private async ValueTask TryAsync(Request request, CancellationToken cancellation)
    {
        try
        {
            bool good = await _step(request, cancellation);
            long now = Stopwatch.GetTimestamp();
            if (good)
            {
                Interlocked.Increment(ref _ok);
                Latency.Record((long)Stopwatch.GetElapsedTime(request.IntendedAt, now).TotalNanoseconds);
                Volatile.Write(ref _lastAnswer, now);
            }
            else
            {
                Fail("answered, but not well", 1);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // Whatever went wrong is a failed request, and the run goes on.
            Fail($"{exception.GetType().Name}: {exception.Message}", 1);
        }
        catch (OperationCanceledException)
        {
            // Counted as not answered.
        }
    }

    private void Fail(string error, long times)
    {
        if (times > 0)
        {
            Interlocked.Add(ref _failed, times);
            _errors.AddOrUpdate(error, (int)times, (_, count) => count + (int)times);
        }
    }

    // What is answered within the time of the schedule is achieved in that time, however early the last of it was due.
    private StepStats Stats(double offered, long start, TimeSpan offering)
    {
        long last = Volatile.Read(ref _lastAnswer);
        double seconds = Math.Max(offering.TotalSeconds, last == 0 ? 0 : Stopwatch.GetElapsedTime(start, last).TotalSeconds);
        string[] errors = [.. _errors.OrderByDescending(error => error.Value).Take(ErrorsShown).Select(e => $"{e.Value} x {e.Key}")];
        return new StepStats(Name, offered, _ok == 0 ? 0 : _ok / seconds, _ok, _failed, Latency, errors);
    }
}
