using Rollcall.Core;
using Rollcall.Core.Model;

namespace Rollcall.Client.Choosing;

/// <summary>What callers of this process have seen of one instance: calls under way, failures in a row, put aside until when.</summary>
/// <remarks>
/// <para>Owner: the instance's entries in the catalogue, one after the other; any thread.</para>
/// <para>Shape: after its time aside an instance is on probation: one failure puts it aside again, for twice as long; one success
/// clears all.</para>
/// <para>Cost: a call that succeeds at an instance without fault is two interlocked additions, 0 bytes.</para>
/// </remarks>
internal sealed class InstanceHealth
{
    private readonly Lock _judging = new();
    private int _pending;
    private int _failures; // written under _judging
    private int _timesAside; // written under _judging
    private long _asideUntil; // written under _judging; ticks, 0: not aside

    /// <summary>Calls under way.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Until when it is put aside; may be past.</summary>
    public MonotonicTime AsideUntil => new(Volatile.Read(ref _asideUntil));

    /// <summary>A call begins.</summary>
    public void Begin() => Interlocked.Increment(ref _pending);

    /// <summary>A call has ended.</summary>
    /// <returns>True if the instance has been put aside by it, or taken back.</returns>
    public bool End(CallOutcome outcome, MonotonicTime now, ClientOptions options)
    {
        Interlocked.Decrement(ref _pending);
        return outcome switch
        {
            CallOutcome.Failed => Fail(now, options),
            CallOutcome.Succeeded => Volatile.Read(ref _failures) != 0 && Clear(now),
            _ => false,
        };
    }

    private bool Fail(MonotonicTime now, ClientOptions options)
    {
        lock (_judging)
        {
            if (now < AsideUntil || ++_failures < options.AsideAfterFailures)
            {
                return false; // calls that began before it was put aside do not lengthen the time
            }

            TimeSpan aside = RetryPause.After(_timesAside++, options.AsideFirst, options.AsideMax);
            _failures = Math.Max(1, options.AsideAfterFailures - 1); // not 0: a success has something to clear
            Volatile.Write(ref _asideUntil, (now + aside).Ticks);
            return true;
        }
    }

    private bool Clear(MonotonicTime now)
    {
        lock (_judging)
        {
            bool wasAside = now < AsideUntil;
            _failures = 0;
            _timesAside = 0;
            Volatile.Write(ref _asideUntil, 0);
            return wasAside;
        }
    }
}
