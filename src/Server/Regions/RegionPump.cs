using Microsoft.Extensions.Logging;
using Rollcall.Client;
using Rollcall.Core;
using Rollcall.Core.Regions;
using Rollcall.Dialing;

namespace Rollcall.Server.Regions;

/// <summary>Follows another region's registry for this node, from whichever of its addresses works.</summary>
/// <remarks>
/// A link that is lost is dialled again without end; meanwhile the last copy stays, and its age grows. Nothing of it gets into this
/// node's registry.
/// </remarks>
internal sealed class RegionPump : IAsyncDisposable
{
    private readonly RegistryFollower _follower;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _telling;

    /// <summary>Begins to follow, and hands the copy to the registry's readers.</summary>
    public RegionPump(RegionSettings settings, RegistryService registry, ILogger<RegionPump> logger)
    {
        var addresses = new FirstReachable(settings.Addresses, new LinkDialer(settings.Token.Length == 0 ? null : settings.Token).Factories);
        _follower = new RegistryFollower(async cancellation => (await addresses.OpenAsync(cancellation)).Link, settings.Allowed);
        registry.Regions.Add(new RemoteRegion(settings.Name, settings.Allowed, settings.Fallback, Read));
        _telling = TellAsync(settings.Name, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _telling;
        await _follower.DisposeAsync();
        _over.Dispose();
    }

    private RegionCopy Read()
    {
        RegistryCopy copy = _follower.Read();
        FollowerState state = _follower.State;
        return new RegionCopy(copy.Version, copy.Instances, _follower.Age, state.Address, state.Problem?.Message);
    }

    /// <summary>One line for each change between following and not.</summary>
    private async Task TellAsync(string region, ILogger logger)
    {
        bool? followed = null;
        try
        {
            for (FollowerState state = _follower.State; ; state = await _follower.ChangeAsync(state, _over.Token))
            {
                if (state.Address is { } address && followed != true)
                {
                    logger.RegionFollowed(region, address);
                    followed = true;
                }
                else if (state.Problem is { } problem && followed != false)
                {
                    logger.RegionLost(region, problem.Message);
                    followed = false;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
