using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Interop.Tests.Links;

/// <summary>The owner of some instances: registers them, renews them, registers again what the node no longer knows.</summary>
/// <remarks>Over one link at a time; when it is lost the owner dials again until there is one.</remarks>
internal sealed class Owner : IAsyncDisposable
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(200);

    private readonly Func<CancellationToken, ValueTask<IRegistryLink>> _open;
    private readonly Registration[] _registrations;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _loop;
    private int _registered;

    public Owner(Func<CancellationToken, ValueTask<IRegistryLink>> open, params Registration[] registrations)
    {
        _open = open;
        _registrations = registrations;
        _loop = Task.Run(() => OwnAsync(_ending.Token));
    }

    /// <summary>How often it has registered an instance.</summary>
    public int Registered => Volatile.Read(ref _registered);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _loop;
    }

    private async Task OwnAsync(CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await using IRegistryLink link = await _open(ending);
                await OwnAsync(link, ending);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (LinkException)
            {
                await Task.Delay(s_pace, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task OwnAsync(IRegistryLink link, CancellationToken ending)
    {
        using var timer = new PeriodicTimer(s_pace);
        do
        {
            foreach (Registration registration in _registrations)
            {
                if (await link.RenewAsync(registration.Service, registration.Id, null, ending) == RenewOutcome.Unknown)
                {
                    RegisterResult result = await link.RegisterAsync(registration, ending);
                    Assert.Null(result.Error);
                    Interlocked.Increment(ref _registered);
                }
            }
        } while (await timer.WaitForNextTickAsync(ending));
    }
}
