using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>Renewals as they travel: those made here since the last set, and the sets of others, each taken in once.</summary>
/// <remarks>
/// <para>Owner: <see cref="ClusterNode"/>.</para>
/// <para>
/// A set that is lost is not sent again: a lease is renewed about three times in its duration, and lasts twice as long where its home
/// is not.
/// </para>
/// </remarks>
internal sealed class RenewalBook(RegistryService registry, ClusterOptions options)
{
    // Below this a set costs more than it tells.
    private static readonly TimeSpan s_periodMin = TimeSpan.FromMilliseconds(50);

    // More homes than any cluster has: what was not heard of for longest is forgotten, and at worst passed on a second time.
    private const int SeenMax = 1_024;

    private readonly Dictionary<(uint Node, ulong Boot), SeenBatches> _seen = [];
    private long _sinceTick;
    private ulong _batch;
    private MonotonicTime _next;
    private long _heard; // sets

    /// <summary>Renewals sent from here, in all sets, each counted once.</summary>
    public long RenewalsSent { get; private set; }

    /// <summary>Homes of which is known which sets came.</summary>
    public int HomesHeard => _seen.Count;

    /// <summary>When the next set is due.</summary>
    public MonotonicTime Next => _next;

    /// <summary>The set that is due; null if none is, or nothing was renewed.</summary>
    public RenewSet? Take(MonotonicTime now)
    {
        if (now < _next)
        {
            return null;
        }

        Replica replica = registry.Replica!;
        TimeSpan tenth = replica.ShortestLease / 10;
        TimeSpan period = tenth < options.RenewSetPeriod ? tenth : options.RenewSetPeriod;
        _next = now + (period < s_periodMin ? s_periodMin : period);

        // A renewal later in this tick counts for this tick: the next set begins with it, and tells some twice.
        long sinceTick = _sinceTick;
        _sinceTick = replica.TickAt(now);
        NumberSet renewed = replica.RenewedSince(sinceTick);
        if (renewed.Count == 0)
        {
            return null;
        }

        RenewalsSent += renewed.Count;
        return new RenewSet(registry.NodeId, registry.BootEpoch, ++_batch, renewed.Encode());
    }

    /// <summary>Takes in a set.</summary>
    /// <param name="set">It.</param>
    /// <param name="now">Now.</param>
    /// <param name="unknown">Numbers that mean no lease here: to be asked of whoever sent it.</param>
    /// <returns>True if it is new, and to be passed on.</returns>
    public bool TryApply(RenewSet set, MonotonicTime now, out List<uint> unknown)
    {
        unknown = [];
        if (set.Node == registry.NodeId || !IsNew(set) || !NumberSet.TryDecode(set.Numbers.Span, out NumberSet numbers))
        {
            return false;
        }

        unknown = registry.Replica!.Renew(set.Node, set.Boot, numbers, now);
        return true;
    }

    /// <summary>What is known of numbers.</summary>
    public HomesAnswer Answer(HomesRequest request)
    {
        var homes = new List<KeyedState>();
        foreach (uint number in request.Numbers.Take(HomeQuestions.PortionMax))
        {
            KeyedState? known = registry.Replica!.ByNumber(request.Node, request.Boot, number);
            if (known is { State.Home: var home } && (home.Node, home.Boot, home.Number) == (request.Node, request.Boot, number))
            {
                homes.Add(known with { State = new KeyState(default, null, home) });
            }
        }

        return new HomesAnswer(homes);
    }

    private bool IsNew(RenewSet set)
    {
        if (!_seen.TryGetValue((set.Node, set.Boot), out SeenBatches? seen))
        {
            // A node's older boots send no more.
            foreach ((uint Node, ulong Boot) old in _seen.Keys.Where(key => key.Node == set.Node).SkipLast(1).ToArray())
            {
                _seen.Remove(old);
            }

            if (_seen.Count >= SeenMax)
            {
                _seen.Remove(_seen.MinBy(entry => entry.Value.HeardAt).Key);
            }

            _seen[(set.Node, set.Boot)] = seen = new SeenBatches();
        }

        seen.HeardAt = ++_heard;
        return seen.Add(set.Batch);
    }

    // The newest batch, and which of the 64 before it came: older ones are taken for seen.
    private sealed class SeenBatches
    {
        private ulong _newest;
        private ulong _before;

        public long HeardAt { get; set; }

        public bool Add(ulong batch)
        {
            if (batch > _newest)
            {
                ulong shift = batch - _newest;
                _before = shift > 64 ? 0 : (shift == 64 ? 0 : _before << (int)shift) | (_newest > 0 ? 1UL << (int)(shift - 1) : 0);
                _newest = batch;
                return true;
            }

            ulong age = _newest - batch;
            if (age is 0 or > 64 || (_before & (1UL << (int)(age - 1))) != 0)
            {
                return false;
            }

            _before |= 1UL << (int)(age - 1);
            return true;
        }
    }
}
