using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>The Java servers that this node is a peer of. Step function: calls and times out, answers and time in.</summary>
/// <remarks>
/// <para>
/// Java's mesh knows one rule: each server tells all others what its own clients said, and passes nothing on. So this node tells them what
/// was said to it, and not what it has from a peer, Java's or its own: each node of a cluster that is to be seen by Java servers names
/// them as peers itself. What Java servers tell, this node's own peers get as any change.
/// </para>
/// <para>
/// The host makes the calls: for each peer <see cref="JavaPeer.TryTake"/> when it is woken (by <see cref="RegistryService.Published"/>, or at
/// the time that <see cref="JavaPeer.Tick"/> gave), then what came of it: <see cref="JavaPeer.Copied"/>, <see cref="JavaPeer.Answered"/> or
/// <see cref="JavaPeer.Failed"/>. One call at a time for each peer.
/// </para>
/// <para>Threads: any; one at a time inside. No I/O, no clock, no thread.</para>
/// </remarks>
public sealed class JavaMesh
{
    // Java's servers hear of a renewal when it comes; a second later is soon enough for leases of 90.
    private static readonly TimeSpan s_renewalPeriod = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_renewalPeriodMin = TimeSpan.FromMilliseconds(50);

    // Behind the longest warm-up, in which the own peers come first.
    private static readonly TimeSpan s_copyTries = TimeSpan.FromMinutes(1);

    private readonly List<JavaPeer> _peers = [];
    private readonly bool _ownPeersFirst;
    private readonly MonotonicTime _copyUntil;
    private JavaPeer? _copier;
    private bool _copied;
    private long _sinceTick;
    private MonotonicTime _nextRenewals;

    /// <summary>Of a node that is starting.</summary>
    /// <param name="node">The node.</param>
    /// <param name="ownPeersFirst">True if it has peers of its own cluster: they know what Java's servers know, with its history.</param>
    /// <param name="now">Now.</param>
    public JavaMesh(ClusterNode node, bool ownPeersFirst, MonotonicTime now)
    {
        Node = node;
        _ownPeersFirst = ownPeersFirst;
        _copyUntil = now + node.Options.WarmUpMax + s_copyTries;
        _sinceTick = Replica.TickAt(now);
        _nextRenewals = now;
        Replica.ToldByJava.Turn();
    }

    internal ClusterNode Node { get; }

    /// <summary>The registry of the node.</summary>
    public RegistryService Registry => Node.Registry;

    internal Replica Replica => Node.Registry.Replica!;

    internal Lock Gate { get; } = new();

    /// <summary>The peers, in the order in which they were added.</summary>
    public IReadOnlyList<JavaPeer> Peers
    {
        get
        {
            lock (Gate)
            {
                return [.. _peers];
            }
        }
    }

    /// <summary>Adds a peer.</summary>
    /// <param name="contact">Its address, and what came of reaching it.</param>
    public JavaPeer Add(PeerContact contact)
    {
        lock (Gate)
        {
            var peer = new JavaPeer(this, contact, Registry.Now);
            _peers.Add(peer);
            contact.Progress = peer.Progress;
            return peer;
        }
    }

    /// <summary>Gives a peer up.</summary>
    public void Remove(JavaPeer peer)
    {
        lock (Gate)
        {
            _peers.Remove(peer);
            peer.Contact.Progress = null;
            EndCopy(peer, done: false);
        }
    }

    /// <summary>True if <paramref name="peer"/> is to be asked for all that it has: one of them, once, at the start.</summary>
    /// <remarks>Not later: what ended here since would come back.</remarks>
    internal bool TryBeginCopy(JavaPeer peer, MonotonicTime now)
    {
        bool due = !_copied && _copier is null && now < _copyUntil && (!_ownPeersFirst || Node.Warming is null);
        _copier = due ? peer : _copier;
        return due;
    }

    internal void EndCopy(JavaPeer peer, bool done)
    {
        _copied |= done;
        _copier = _copier == peer ? null : _copier;
    }

    /// <summary>Hands out the renewals since the last time, if it is time; returns when it is next.</summary>
    internal MonotonicTime HandOutRenewals(MonotonicTime now)
    {
        if (now < _nextRenewals)
        {
            return _nextRenewals;
        }

        TimeSpan tenth = Replica.ShortestLease / 10;
        TimeSpan period = tenth < s_renewalPeriod ? tenth : s_renewalPeriod;
        _nextRenewals = now + (period < s_renewalPeriodMin ? s_renewalPeriodMin : period);

        // A renewal later in this tick counts for this tick: the next time begins with it, and tells some twice.
        long sinceTick = _sinceTick;
        _sinceTick = Replica.TickAt(now);
        IReadOnlySet<uint> told = Replica.ToldByJava.Turn();
        uint[] renewed = [.. Replica.RenewedSince(sinceTick).Where(number => !told.Contains(number))];
        _peers.ForEach(peer => peer.Renewed(renewed));
        return _nextRenewals;
    }
}
