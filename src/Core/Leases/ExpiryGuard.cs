using System.Globalization;
using Rollcall.Core.Model;

namespace Rollcall.Core.Leases;

/// <summary>Decides whether leases may end: protection against mass expiry ("self-preservation").</summary>
/// <remarks>
/// <para>
/// A lease is watched from its first look on, one and a half of its own intervals after it began (less if it is short for its
/// interval); it is silent from the look that finds as long without renewal. The share compared with the threshold is
/// failures / due, where failures are the leases silent now, and those that ended within the window after falling silent; due are
/// the leases watched, and the same ended ones. A lease whose interval is long is thus counted like one whose interval is short:
/// once, at its own pace.
/// </para>
/// <para>
/// While engaged no lease ends. It disengages when the share is back at the threshold (renewals came back, or what ended before
/// has left the window), when an operator confirms the loss, or after <see cref="RegistryOptions.GuardHoldMax"/>. In the latter two
/// cases the leases silent at that moment are condemned: they leave both sides of the share, so that ending them does not engage
/// it again.
/// </para>
/// <para>Owner: the registry. Tallies come under stripes' locks and from renewals: guarded by its own lock, taken last.</para>
/// <para>Units: lease ticks; see <see cref="LeaseClock"/>.</para>
/// </remarks>
internal sealed class ExpiryGuard
{
    private const int Buckets = 64;

    private readonly Lock _gate = new();
    private readonly bool _enabled;
    private readonly double _threshold;
    private readonly int _populationMin;
    private readonly TimeSpan _holdMax;
    private readonly long _windowTicks;
    private readonly long _bucketTicks;

    // All guarded by _gate.
    private readonly int[] _ended = new int[Buckets]; // leases that ended silent, by the bucket of the tick they fell silent at
    private long _newestBucket;
    private int _endedInWindow;
    private int _silent;
    private int _watched;
    private int _held;
    private long _condemnedUpTo = -1;
    private bool _engaged;
    private GuardReason _reason;
    private MonotonicTime _since;
    private MonotonicTime _endsAtLatest; // while engaged
    private string _story = "";
    private bool _isolated;

    public ExpiryGuard(RegistryOptions options)
    {
        _enabled = options.GuardEnabled;
        _threshold = options.GuardThreshold;
        _populationMin = options.GuardPopulationMin;
        _holdMax = options.GuardHoldMax;
        _windowTicks = Math.Max(1, options.GuardWindow.Ticks / options.WheelTick.Ticks);
        _bucketTicks = Math.Max(1, (_windowTicks + Buckets - 2) / (Buckets - 1));
        _reason = _enabled ? GuardReason.Calm : GuardReason.Disabled;
    }

    /// <summary>True if this node has peers and reaches none of them.</summary>
    public bool Isolated
    {
        get => Volatile.Read(ref _isolated);
        set => Volatile.Write(ref _isolated, value);
    }

    /// <summary>A lease was looked at for the first time.</summary>
    public void Watch()
    {
        lock (_gate)
        {
            _watched++;
        }
    }

    /// <summary>A watched lease missed its renewal.</summary>
    /// <param name="silentSince">When.</param>
    public void FellSilent(long silentSince)
    {
        lock (_gate)
        {
            if (silentSince <= _condemnedUpTo)
            {
                _watched--;
            }
            else
            {
                _silent++;
            }
        }
    }

    /// <summary>Renews a lease, if the slot holds one of this generation, and counts it back in if it had fallen silent.</summary>
    public bool TryRenew(ref LeaseSlot lease, uint generation, long startTick)
    {
        if (!lease.TryRenew(generation, startTick, out long? silentSince))
        {
            return false;
        }

        if (silentSince is { } since)
        {
            Returned(since);
        }

        return true;
    }

    /// <summary>A silent lease was renewed.</summary>
    /// <param name="silentSince">When it fell silent.</param>
    public void Returned(long silentSince)
    {
        lock (_gate)
        {
            if (silentSince <= _condemnedUpTo)
            {
                _watched++;
            }
            else
            {
                _silent--;
            }
        }
    }

    /// <summary>A watched lease was cancelled.</summary>
    /// <param name="silentSince">When it fell silent; null if it had not.</param>
    public void Cancelled(long? silentSince)
    {
        lock (_gate)
        {
            Leave(silentSince);
        }
    }

    /// <summary>A watched, silent lease ended.</summary>
    /// <param name="silentSince">When it fell silent.</param>
    public void Ended(long silentSince)
    {
        lock (_gate)
        {
            if (silentSince > _condemnedUpTo && BucketOf(silentSince) > _newestBucket - Buckets)
            {
                AdvanceBuckets(silentSince);
                _ended[BucketOf(silentSince) % Buckets]++;
                _endedInWindow++;
            }

            Leave(silentSince);
        }
    }

    /// <summary>A lease past its end is kept, or no longer.</summary>
    public void CountHeld(int delta)
    {
        lock (_gate)
        {
            _held += delta;
        }
    }

    /// <summary>Leases past their end that are kept, as of their last look.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>True if a lease that fell silent at <paramref name="silentSince"/> may end.</summary>
    public bool Allows(long silentSince)
    {
        lock (_gate)
        {
            return !_engaged || silentSince <= _condemnedUpTo;
        }
    }

    /// <summary>True if a lease that fell silent at <paramref name="silentSince"/> was kept until its loss was accepted.</summary>
    public bool Condemned(long silentSince)
    {
        lock (_gate)
        {
            return silentSince <= _condemnedUpTo;
        }
    }

    /// <summary>Judges the tallies; to be called after the looks of one moment.</summary>
    /// <param name="tick">Lease time.</param>
    /// <param name="now">Now.</param>
    /// <param name="stalled">Of the time since the last call, what is not counted: nobody could have returned in it.</param>
    public void Judge(long tick, MonotonicTime now, TimeSpan stalled)
    {
        lock (_gate)
        {
            AdvanceBuckets(tick);
            _endsAtLatest += stalled;
            if (!_enabled)
            {
                return;
            }

            // One measure for both ways: with another for the end it would turn on and off at each tick, and let leases go between.
            int failures = _silent + _endedInWindow;
            int due = _watched + _endedInWindow;
            bool many = failures > _threshold * due;
            if (!_engaged)
            {
                if (many && Isolated && _silent == _watched)
                {
                    Turn(true, GuardReason.CutOff, now, $"all of {Share(failures, due)} failed to renew, and no peer can be reached");
                }
                else if (many && due >= _populationMin)
                {
                    Turn(true, GuardReason.ManySilent, now, Share(failures, due) + " failed to renew");
                }
            }
            else if (!many)
            {
                Turn(false, GuardReason.RenewalsReturned, now, $"renewals returned, {Share(_silent, _watched)} still silent");
            }
            else if (now >= _endsAtLatest)
            {
                Condemn(tick, GuardReason.HeldLongEnough, now, "held for GuardHoldMax");
            }
        }
    }

    /// <summary>An operator confirms the loss.</summary>
    public void Confirm(long tick, MonotonicTime now)
    {
        lock (_gate)
        {
            if (_enabled)
            {
                Condemn(tick, GuardReason.LossConfirmed, now, "an operator confirmed the loss");
            }
        }
    }

    /// <summary>State for people and metrics.</summary>
    public GuardState Read(MonotonicTime now)
    {
        lock (_gate)
        {
            MonotonicTime? ends = _engaged ? _endsAtLatest : null;
            return new GuardState(_engaged, _reason, _since, ends, _silent, _watched, _held, Summary(now));
        }
    }

    private string Summary(MonotonicTime now) =>
        _reason switch
        {
            GuardReason.Disabled => "The guard is off: every lease ends when it is over.",
            GuardReason.Calm => $"The guard is at rest: {Share(_silent, _watched)} are silent.",
            _ when _engaged =>
                $"The guard is engaged for {Seconds(now - _since)}: {_story}. Now {Share(_silent, _watched)} are silent, {_held} are kept "
                    + "past their end. It ends when renewals return, when an operator confirms the loss, or in "
                    + $"{Seconds(_since + _holdMax - now)}.",
            _ => $"The guard is at rest for {Seconds(now - _since)}: {_story}. Now {Share(_silent, _watched)} are silent.",
        };

    private static string Seconds(TimeSpan span) => DurationText.Show(TimeSpan.FromSeconds(Math.Max(0, Math.Ceiling(span.TotalSeconds))));

    private static string Share(int part, int whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{part} of {whole} leases due");

    private void Leave(long? silentSince)
    {
        if (silentSince is { } since)
        {
            if (since <= _condemnedUpTo)
            {
                return; // left when it was condemned
            }

            _silent--;
        }

        _watched--;
    }

    private void Condemn(long tick, GuardReason reason, MonotonicTime now, string story)
    {
        _condemnedUpTo = tick;
        _watched -= _silent;
        _silent = 0;
        _endedInWindow = 0;
        Array.Clear(_ended);
        Turn(false, reason, now, story);
    }

    private void Turn(bool engaged, GuardReason reason, MonotonicTime now, string story)
    {
        _engaged = engaged;
        _reason = reason;
        _since = now;
        _endsAtLatest = now + _holdMax;
        _story = story;
    }

    private long BucketOf(long tick) => tick / _bucketTicks;

    private void AdvanceBuckets(long tick)
    {
        for (long bucket = BucketOf(tick); _newestBucket < bucket;)
        {
            if (bucket - _newestBucket > Buckets)
            {
                _newestBucket = bucket - Buckets;
            }

            _newestBucket++;
            ref int oldest = ref _ended[_newestBucket % Buckets];
            _endedInWindow -= oldest;
            oldest = 0;
        }
    }
}
