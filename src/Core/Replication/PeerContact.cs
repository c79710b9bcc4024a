using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>What became of a configured peer.</summary>
public enum PeerState : byte
{
    /// <summary>It was not reached yet.</summary>
    Unknown,

    /// <summary>There is a link.</summary>
    Linked,

    /// <summary>It does not answer, or the link broke off.</summary>
    Unreachable,

    /// <summary>It answers, and one of the two does not want a link.</summary>
    Refused,

    /// <summary>The address leads to this node itself: it is no peer.</summary>
    Self,
}

/// <summary>One peer as configured, by its address: what came of reaching it, and when to try again.</summary>
/// <remarks>
/// <para>
/// The host dials at <see cref="DialAt"/> and tells what came of it. The first attempts follow at once, then each waits twice as long,
/// between half of its step and all of it: nodes that were cut off together do not come back in step.
/// </para>
/// <para>Threads: any. Each call says whether the state, or its reason, is another than before: that is worth a line in a log.</para>
/// </remarks>
public sealed class PeerContact
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    // Somebody has to change something first: an address, a name, an id.
    private static readonly TimeSpan s_refusedPause = TimeSpan.FromSeconds(15);

    // A peer that has dialled this node needs no link from here, as long as its own is there.
    private static readonly TimeSpan s_linkedPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Random _random;
    private PeerContactView _view;
    private MonotonicTime _dialAt;
    private int _failures;

    /// <summary>A peer that was not reached yet.</summary>
    public PeerContact(string address, MonotonicTime now, Random? random = null)
    {
        Address = address;
        _random = random ?? Random.Shared;
        _dialAt = now;
        _view = new PeerContactView(address, PeerState.Unknown, "it was not reached yet", now, null, null);
    }

    /// <summary>Where it is, without credentials: its name among the configured peers.</summary>
    public string Address { get; }

    /// <summary>How far a peer that no link leads to has been told; set by what keeps up with it, null: nothing does.</summary>
    internal Func<MonotonicTime, PeerProgress>? Progress { get; set; }

    /// <summary>When to dial next.</summary>
    public MonotonicTime DialAt
    {
        get
        {
            lock (_gate)
            {
                return _dialAt;
            }
        }
    }

    /// <summary>As it is.</summary>
    public PeerContactView View
    {
        get
        {
            lock (_gate)
            {
                return _view;
            }
        }
    }

    /// <summary>There is a link to it, whoever dialled.</summary>
    public bool Linked(uint node, MonotonicTime now)
    {
        lock (_gate)
        {
            _failures = 0;
            _dialAt = now + s_linkedPause;
            return Become(PeerState.Linked, $"linked with node {node:x}", node, now, succeeded: true);
        }
    }

    /// <summary>It answers, and is no node of the cluster: it has no id.</summary>
    public bool Answers(string why, MonotonicTime now)
    {
        lock (_gate)
        {
            _failures = 0;
            return Become(PeerState.Linked, why, null, now, succeeded: true);
        }
    }

    /// <summary>It could not be reached, or a link to it broke off.</summary>
    public bool Failed(string why, MonotonicTime now)
    {
        lock (_gate)
        {
            _dialAt = now + RetryPause.After(_failures++, s_first, s_longest).Spread(_random.NextDouble());
            return Become(PeerState.Unreachable, why, _view.Node, now, succeeded: _view.State == PeerState.Linked);
        }
    }

    /// <summary>It takes this node for linked already: that will show to be so, or not.</summary>
    public void Postpone(uint node, string why, MonotonicTime now)
    {
        lock (_gate)
        {
            _dialAt = now + s_linkedPause;
            _view = _view with { Node = node, Why = why };
        }
    }

    /// <summary>One of the two nodes wants no link.</summary>
    public bool Refused(string why, uint? node, MonotonicTime now)
    {
        lock (_gate)
        {
            _dialAt = now + s_refusedPause;
            return Become(PeerState.Refused, why, node, now, succeeded: false);
        }
    }

    /// <summary>It is this node.</summary>
    public bool IsSelf(uint node, MonotonicTime now)
    {
        lock (_gate)
        {
            _dialAt = now + s_refusedPause; // an address may come to mean another node
            return Become(PeerState.Self, "it is this node itself", node, now, succeeded: false);
        }
    }

    private bool Become(PeerState state, string why, uint? node, MonotonicTime now, bool succeeded)
    {
        bool changed = state != _view.State || (state != PeerState.Unreachable && why != _view.Why);
        _view = _view with
        {
            State = state,
            Why = why,
            Since = changed ? now : _view.Since,
            Node = node,
            SucceededAt = succeeded ? now : _view.SucceededAt,
        };
        return changed;
    }
}

/// <summary>A configured peer as it is.</summary>
/// <param name="Address">Where it is, without credentials.</param>
/// <param name="State">What became of it.</param>
/// <param name="Why">For people.</param>
/// <param name="Since">In this state since.</param>
/// <param name="Node">Its id, once it said it.</param>
/// <param name="SucceededAt">When there was a link last; null: never.</param>
public sealed record PeerContactView(
    string Address,
    PeerState State,
    string Why,
    MonotonicTime Since,
    uint? Node,
    MonotonicTime? SucceededAt
);
