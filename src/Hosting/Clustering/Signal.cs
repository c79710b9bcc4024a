namespace Rollcall.Hosting.Clustering;

/// <summary>Wakes one waiter: set any number of times, it is waited for once.</summary>
/// <remarks>Threads: any may set, one waits. Cost: 0 bytes to set.</remarks>
internal sealed class Signal
{
    private readonly SemaphoreSlim _waiting = new(0);
    private int _isSet;

    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _waiting.Release();
        }
    }

    public async Task WaitAsync(CancellationToken cancellation = default)
    {
        await _waiting.WaitAsync(cancellation);
        Interlocked.Exchange(ref _isSet, 0);
    }
}
