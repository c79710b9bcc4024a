using Microsoft.Extensions.Logging;
using Rollcall.Core;
using Rollcall.Core.Leases;

namespace Rollcall.Hosting;

/// <summary>One turn of the loop that moves the registry's time: advances, measures, and logs what changed.</summary>
/// <remarks>
/// <para>Owner: the loop; one turn at a time.</para>
/// <para>Errors: none gets out. A failure is logged when it begins and when it is over, not at every tick between.</para>
/// </remarks>
internal sealed class AdvanceTurn(RegistryService registry, TimeProvider time, ILogger logger, RegistryMeter? meter)
{
    private GuardState _guard = registry.Guard;
    private bool _failing;

    /// <summary>Does it; returns how long until the next.</summary>
    public TimeSpan Run()
    {
        try
        {
            long started = time.GetTimestamp();
            AdvanceResult result = registry.Advance(registry.Now);
            meter?.Advanced(result, time.GetElapsedTime(started));
            SayHowTheGuardChanged();
            SayThatItRecovered();

            // In step with the ticks, or leases would end up to one later. Timers know whole milliseconds.
            return TimeSpan.FromMilliseconds(Math.Ceiling(registry.UntilNextTick(registry.Now).TotalMilliseconds));
        }
        catch (Exception exception)
        {
            SayThatItFails(exception);
            return registry.Options.WheelTick;
        }
    }

    private void SayHowTheGuardChanged()
    {
        GuardState seen = registry.Guard;
        if (seen.Engaged != _guard.Engaged)
        {
            if (seen.Engaged)
            {
                logger.GuardEngaged(seen.Summary);
            }
            else
            {
                logger.GuardEnded(seen.Summary);
            }
        }

        _guard = seen;
    }

    private void SayThatItRecovered()
    {
        if (_failing)
        {
            _failing = false;
            logger.AdvanceRecovered();
        }
    }

    private void SayThatItFails(Exception exception)
    {
        if (!_failing)
        {
            _failing = true;
            logger.AdvanceFailed(exception);
        }
    }
}
