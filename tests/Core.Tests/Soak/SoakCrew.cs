namespace Rollcall.Core.Tests.Soak;

/// <summary>
/// Threads of one test: some work, the others go on until that work is done. The first failure stops all and is thrown.
/// </summary>
internal sealed class SoakCrew : IDisposable
{
    private readonly List<Thread> _threads = [];
    private readonly CancellationTokenSource _stop = new();
    private Exception? _failure;
    private int _working;

    /// <summary>Ends every wait of one thread for another when there is nothing more to wait for.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Adds a worker; it is given a question to ask now and then: go on?</summary>
    public void Work(Action<Func<bool>> work)
    {
        Interlocked.Increment(ref _working);
        Add(() =>
        {
            work(() => !_stop.IsCancellationRequested);
            if (Interlocked.Decrement(ref _working) == 0)
            {
                _stop.Cancel();
            }
        });
    }

    /// <summary>Adds a thread that repeats <paramref name="step"/> until the workers are done.</summary>
    public void UntilWorkIsDone(Action step) =>
        Add(() =>
        {
            while (!_stop.IsCancellationRequested)
            {
                step();
            }
        });

    /// <summary>Starts all and waits for them.</summary>
    public void Join(TimeSpan deadline)
    {
        _threads.ForEach(thread => thread.Start());
        long end = Environment.TickCount64 + (long)deadline.TotalMilliseconds;
        foreach (Thread thread in _threads)
        {
            if (!thread.Join(TimeSpan.FromMilliseconds(Math.Max(1, end - Environment.TickCount64))))
            {
                _stop.Cancel();
                Assert.Fail($"not done within {deadline}: {_failure?.ToString() ?? "a thread hangs"}");
            }
        }

        if (_failure is not null)
        {
            throw new InvalidOperationException("a thread of the soak failed", _failure);
        }
    }

    public void Dispose() => _stop.Dispose();

    private void Add(Action run) =>
        _threads.Add(
            new Thread(() =>
            {
                try
                {
                    run();
                }
#pragma warning disable CA1031 // Whatever it is: it is kept and thrown on the test's own thread.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Interlocked.CompareExchange(ref _failure, e, null);
                    _stop.Cancel();
                }
            })
            {
                IsBackground = true,
            }
        );
}
