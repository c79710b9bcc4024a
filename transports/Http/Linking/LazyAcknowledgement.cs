using Rollcall.Core.Model;

namespace Rollcall.Transports.Http.Linking;

/// <summary>Tells a node what a watch has applied: soon, and of several only the newest.</summary>
/// <remarks>Errors: none. An acknowledgement that is lost is made good by the next; a link that breaks says so elsewhere.</remarks>
/// <param name="send">Sends one.</param>
internal sealed class LazyAcknowledgement(Func<RegistryVersion, CancellationToken, Task> send) : IDisposable
{
    /// <summary>An acknowledgement is a request: within a tenth of a second is promised, and this leaves it time to arrive.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(25);

    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private RegistryVersion? _newest; // guarded by _gate
    private bool _sending; // guarded by _gate

    public void Acknowledge(RegistryVersion version)
    {
        lock (_gate)
        {
            _newest = version;
            if (_sending || _ending.IsCancellationRequested)
            {
                return;
            }

            _sending = true;
        }

        _ = SendAllAsync();
    }

    public void Dispose() => _ending.Cancel(); // not disposed of: an acknowledgement may be about to look at it

    private async Task SendAllAsync()
    {
        while (true)
        {
            await Task.Delay(s_patience, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Take() is not { } version)
            {
                return;
            }

            await send(version, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private RegistryVersion? Take()
    {
        lock (_gate)
        {
            RegistryVersion? taken = _ending.IsCancellationRequested ? null : _newest;
            _newest = null;
            _sending = taken is not null;
            return taken;
        }
    }
}
