using System.Threading.Channels;

namespace Rollcall.Hosting.Clustering;

/// <summary>Wakes one waiter: set any number of times, it is waited for once.</summary>
/// <remarks>Threads: any may set, one waits.</remarks>
internal sealed class Signal
{
    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    public void Set() => _set.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken cancellation = default) => await _set.Reader.ReadAsync(cancellation);
}
