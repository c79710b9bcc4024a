using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;

namespace Rollcall.Core.Stripes;

/// <summary>
/// What is remembered of instances that have ended: the override of one that expired, so that it is still out of service when it
/// comes back; and in a cluster the end itself, so that an older record from a peer does not come back.
/// </summary>
/// <remarks>
/// <para>Owner: one <see cref="Stripe"/>; every call under that stripe's lock.</para>
/// <para>
/// Shape: bounded in time and, in a cluster, in number: the oldest go first. Empty on a registry that stands alone and whose
/// instances do not expire under an override.
/// </para>
/// </remarks>
internal sealed class TombstoneTable
{
    private readonly Dictionary<(string Service, string Id), Tombstone> _byKey = [];
    private readonly Queue<(string Service, string Id, MonotonicTime Until)> _ends = new(); // in order of Until
    private readonly bool _remembersEnds;
    private readonly TimeSpan _life;
    private readonly TimeSpan _overrideLinger;
    private readonly int _max;

    public TombstoneTable(RegistryOptions options)
    {
        ClusterOptions? cluster = options.Cluster;
        _remembersEnds = cluster is not null && !cluster.Faults.HasFlag(PlantedFaults.EndForgotten);
        _overrideLinger = options.OverrideLinger;
        _life = cluster is null || cluster.TombstoneLife < _overrideLinger ? _overrideLinger : cluster.TombstoneLife;
        _max = cluster is null ? int.MaxValue : Math.Max(16, cluster.TombstonesMax / options.StripeCount);
    }

    /// <summary>Ends dropped before their time because there were too many.</summary>
    public long Dropped { get; private set; }

    /// <summary>Remembers an end, if there is something to remember.</summary>
    public void Add(string service, string id, in KeyState end, MonotonicTime now)
    {
        if (!_remembersEnds && end.Override is null or { IsCleared: true })
        {
            return;
        }

        MonotonicTime until = now + _life;
        _byKey[(service, id)] = new Tombstone(end, now + _overrideLinger, until);
        _ends.Enqueue((service, id, until));
        if (_ends.Count > _max)
        {
            Dropped += Drop(_ends.Dequeue()) ? 1 : 0;
        }
    }

    /// <summary>What is remembered of a key that has ended; nothing: the default.</summary>
    public KeyState Find(string service, string id, MonotonicTime now) =>
        _byKey.Count > 0 && _byKey.TryGetValue((service, id), out Tombstone kept) && kept.Until > now ? kept.StateAt(now) : default;

    /// <summary>The same, and forgets it: the instance comes back.</summary>
    public KeyState Take(string service, string id, MonotonicTime now) =>
        _byKey.Count > 0 && _byKey.Remove((service, id), out Tombstone kept) && kept.Until > now ? kept.StateAt(now) : default;

    /// <summary>All that is remembered.</summary>
    public List<KeyedState> All(MonotonicTime now)
    {
        var all = new List<KeyedState>(_byKey.Count);
        foreach (((string service, string id), Tombstone kept) in _byKey)
        {
            if (kept.Until > now)
            {
                all.Add(new KeyedState(new ServiceName(service), Encoding.UTF8.GetBytes(id), kept.StateAt(now)));
            }
        }

        return all;
    }

    /// <summary>Clears the override of a key that has ended; false if there is none in force.</summary>
    public bool ClearOverride(InstanceKey key, StatusOverride cleared, MonotonicTime now)
    {
        if (_byKey.Count == 0)
        {
            return false;
        }

        string service = ServiceName.Canonical(Encoding.UTF8.GetString(key.Service));
        string id = Encoding.UTF8.GetString(key.Id);
        KeyState state = Find(service, id, now);
        if (state.Override is null or { IsCleared: true })
        {
            return false;
        }

        if (_remembersEnds)
        {
            _byKey[(service, id)] = _byKey[(service, id)] with { State = state with { Override = cleared } };
        }
        else
        {
            _byKey.Remove((service, id));
        }

        return true;
    }

    /// <summary>Forgets what is over.</summary>
    public void Expire(MonotonicTime now)
    {
        while (_ends.TryPeek(out (string, string, MonotonicTime Until) end) && end.Until <= now)
        {
            Drop(_ends.Dequeue());
        }
    }

    // Only if it was not added again meanwhile, and so ends later.
    private bool Drop((string Service, string Id, MonotonicTime Until) end) =>
        _byKey.TryGetValue((end.Service, end.Id), out Tombstone kept)
        && kept.Until <= end.Until
        && _byKey.Remove((end.Service, end.Id));

    private readonly record struct Tombstone(KeyState State, MonotonicTime OverrideUntil, MonotonicTime Until)
    {
        public KeyState StateAt(MonotonicTime now) =>
            OverrideUntil > now || State.Override is null or { IsCleared: true } ? State : State with { Override = null };
    }
}
