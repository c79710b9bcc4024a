using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Core.Replication;

/// <summary>A registry in its cluster: START HERE for replication. Messages, changes and time in; messages and times out.</summary>
/// <remarks>
/// <para>
/// The host dials and accepts connections, moves messages, and calls: <see cref="Connect"/> and <see cref="Disconnect"/>;
/// <see cref="Receive(ushort, PeerMessage, MonotonicTime)"/> for each message; <see cref="TryTake"/> when a link can take one and there may be one: after each other
/// call, and when the registry has published; <see cref="Tick"/> at the times it returns. When <see cref="ClosingReason"/> says so, and what
/// was taken is sent, it closes the link.
/// </para>
/// <para>
/// Every change of this registry, made here or applied from a peer, goes to every peer but the one it came by; what is no news makes
/// no change, and so goes no further. Any connected graph of links thus converges, and repair finds what was lost.
/// </para>
/// <para>Threads: any; one at a time inside. No I/O, no clock, no thread.</para>
/// </remarks>
public sealed class ClusterNode
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ushort, PeerSession> _sessions = [];
    private readonly Dictionary<uint, PeerKnowledge> _known = [];
    private readonly WarmUp _warmUp;
    private ushort _lastLink;

    /// <summary>Around a registry whose options name a cluster.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="expectsPeers">False: it is alone for now, and serves reads at once.</param>
    /// <param name="now">Now.</param>
    /// <exception cref="ArgumentException">The registry stands alone.</exception>
    public ClusterNode(RegistryService registry, bool expectsPeers, MonotonicTime now)
    {
        Registry = registry;
        Options = registry.Options.Cluster ?? throw new ArgumentException("The registry's options name no cluster.", nameof(registry));
        Renewals = new RenewalBook(registry, Options);
        Random = registry.Options.Seed is { } seed ? new Random((int)(seed ^ (seed >> 32))) : new Random();
        _warmUp = new WarmUp(Options, expectsPeers, now);
        registry.Cluster = this;
    }

    /// <summary>The registry.</summary>
    public RegistryService Registry { get; }

    /// <summary>Why reads of the whole, of changes, of services and of virtual addresses are refused; null: they are served.</summary>
    public RegistryError? Warming => _warmUp.Refusal;

    /// <summary>The peers that were configured, each by its address; set by the host, for whoever shows them.</summary>
    public IReadOnlyList<PeerContact> Contacts { get; set; } = [];

    /// <summary>Takes the connections that peers open; set by the host, for the transports. Null: nobody does.</summary>
    public PeerAcceptor? Acceptor { get; set; }

    /// <summary>Told of those who come as peers and may not; set by the host. Null: nobody is.</summary>
    public PeerTurnedAway? TurnedAway { get; set; }

    internal ClusterOptions Options { get; }

    internal RenewalBook Renewals { get; }

    /// <summary>Salts and round numbers. Nobody can tell them beforehand, unless a seed is fixed: the boot epoch, which all may know, says nothing of them.</summary>
    /// <remarks>
    /// Whoever knew the salt of a round could name two instances so that one hides the other in it. Those would be his own, and the next
    /// round has another salt; the digest, that has none, says that there is something to find.
    /// </remarks>
    internal Random Random { get; }

    /// <summary>A connection to some node is there.</summary>
    /// <param name="dialled">True if this node dialled.</param>
    /// <param name="now">Now.</param>
    /// <param name="path">Where it leads, for whoever shows it.</param>
    /// <returns>Its number.</returns>
    public ushort Connect(bool dialled, MonotonicTime now, PeerPath? path = null)
    {
        lock (_gate)
        {
            do
            {
                _lastLink++;
            } while (_lastLink == 0 || _sessions.ContainsKey(_lastLink));

            var session = new PeerSession(this, _lastLink, dialled, now) { Path = path };
            session.Say(Hello(heard: false));
            _sessions.Add(_lastLink, session);
            return _lastLink;
        }
    }

    /// <summary>The connection is gone.</summary>
    /// <returns>Why, and to whom it was, as far as this node knows.</returns>
    public LinkEnd Disconnect(ushort link, MonotonicTime now)
    {
        lock (_gate)
        {
            _sessions.Remove(link, out PeerSession? session);
            Registry.Replica!.SetIsolated(IsIsolated);
            PeerHello? said = session?.Said;
            return new LinkEnd(said?.Node, IsSelf(said), said is not null && Refusal(said) is null, session?.Closing);
        }
    }

    /// <summary>True if there is a link to a node that is in use.</summary>
    public bool IsLinked(uint node)
    {
        lock (_gate)
        {
            return _sessions.Values.Any(session => session.Established && session.Peer!.Node == node);
        }
    }

    /// <summary>The node at the other end of a link that is in use; null: it is not, or not yet.</summary>
    public uint? PeerOf(ushort link)
    {
        lock (_gate)
        {
            return _sessions.TryGetValue(link, out PeerSession? session) && session.Established ? session.Peer!.Node : null;
        }
    }

    /// <summary>A registry of another kind has given all that it had: that is as good as a peer that is warm.</summary>
    public void CaughtUp()
    {
        lock (_gate)
        {
            if (Warming is not null)
            {
                _warmUp.Open();
                SayReady();
            }
        }
    }

    /// <summary>No address leads to another node: this one is alone for now, and serves reads.</summary>
    public void ExpectNoPeers()
    {
        lock (_gate)
        {
            _warmUp.Open();
        }
    }

    /// <summary>A node is no peer of this one any more: unless it is linked all the same, nothing of it is kept, and nobody misses it.</summary>
    public void Forget(uint node)
    {
        lock (_gate)
        {
            bool stays =
                _sessions.Values.Any(session => session.Said?.Node == node) || Contacts.Any(contact => contact.View.Node == node);
            if (!stays && _known.Remove(node))
            {
                Registry.Replica!.SetIsolated(IsIsolated);
            }
        }
    }

    /// <summary>Takes in a message.</summary>
    public void Receive(ushort link, PeerMessage message, MonotonicTime now)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(link, out PeerSession? session) || session.Closing is not null)
            {
                return;
            }

            switch (message)
            {
                case PeerHello hello:
                    Receive(hello, session, now);
                    break;
                case PeerRefusal refusal:
                    session.Close($"refused by the peer: {refusal.Reason}");
                    break;
                default:
                    if (session.Established)
                    {
                        session.Receive(message, now);
                        LookAtWarmUp(now);
                    }

                    break;
            }
        }
    }

    /// <summary>The next message for a link, if there is one.</summary>
    public bool TryTake(ushort link, MonotonicTime now, out PeerMessage message)
    {
        lock (_gate)
        {
            message = (_sessions.TryGetValue(link, out PeerSession? session) ? session.Take(now) : null)!;
            return message is not null;
        }
    }

    /// <summary>Time passes.</summary>
    /// <returns>When to call again, at the latest.</returns>
    public MonotonicTime Tick(MonotonicTime now)
    {
        lock (_gate)
        {
            if (Renewals.Take(now) is { } set)
            {
                PassOn(set, except: null);
            }

            MonotonicTime next = Renewals.Next;
            foreach (PeerSession session in _sessions.Values)
            {
                MonotonicTime due = session.Tick(now);
                next = due < next ? due : next;
            }

            CompareNext(now);
            LookAtWarmUp(now);
            return next > now ? next : now + TimeSpan.FromMilliseconds(1);
        }
    }

    /// <summary>Why a link is to be closed; null: it is not.</summary>
    public string? ClosingReason(ushort link)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault(link)?.Closing;
        }
    }

    /// <summary>True while a linked peer has not acknowledged a change that is for it.</summary>
    public bool OwesChanges
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Values.Any(session => session.Owes);
            }
        }
    }

    /// <summary>The links as they are.</summary>
    public IReadOnlyList<PeerView> Peers(MonotonicTime now)
    {
        lock (_gate)
        {
            return
            [
                .. _sessions.Values.Select(session => new PeerView(
                    session.Link,
                    session.Path,
                    session.Dialled,
                    session.Said?.Node,
                    session.Established,
                    session.Closing,
                    session.Since,
                    session.HeardAt,
                    session.Lag,
                    session.Behind(now),
                    session.BatchesSent,
                    session.BatchesUnderWay,
                    session.Waiting,
                    session.Knowledge?.EqualAt,
                    session.Repair.Active
                )),
            ];
        }
    }

    /// <summary>The peers as this node sees them.</summary>
    public IReadOnlyList<PeerReport> Report(MonotonicTime now) => PeerReport.Of(Contacts, Peers(now), now);

    /// <summary>Renewals of another node, or passed on by it.</summary>
    internal void Receive(RenewSet set, PeerSession from, MonotonicTime now)
    {
        if (!Renewals.TryApply(set, now, out List<uint> unknown))
        {
            return;
        }

        if (!Options.Faults.HasFlag(PlantedFaults.HomesNotAsked))
        {
            from.Ask(set.Node, set.Boot, unknown);
        }

        if (!Options.Faults.HasFlag(PlantedFaults.RenewSetsNotForwarded))
        {
            PassOn(set, from);
        }
    }

    /// <summary>News of homes that nobody asked for.</summary>
    internal void PassOn(HomesAnswer news, PeerSession from)
    {
        foreach (PeerSession session in _sessions.Values.Where(session => session != from && session.Established))
        {
            session.Say(news);
        }
    }

    /// <summary>True while a repair with another peer is to be over before one with <paramref name="session"/> begins.</summary>
    /// <remarks>
    /// One at a time: what it brings goes on to the other peers as changes, and is not fetched twice. But of a peer that has just started
    /// this node, if it is warm, has nothing to fetch: such peers are served side by side, and none waits for another that stands still.
    /// </remarks>
    internal bool MustWait(PeerSession session, MonotonicTime now) =>
        !Serves(session) && _sessions.Values.Any(other => other != session && !Serves(other) && other.IsRepairing(now));

    /// <summary>What a link begins with.</summary>
    internal PeerHello Hello(bool heard) => new(Registry.NodeId, Options.ClusterId, VersionNow, Warming is not null, heard);

    private RegistryVersion VersionNow => new(Registry.BootEpoch, Registry.ReadSnapshot().Version);

    private bool IsIsolated => _known.Count > 0 && !_sessions.Values.Any(session => session.Established);

    private bool Serves(PeerSession session) => Warming is null && session.IsWarming;

    // Of those that may, who waits longest.
    private void CompareNext(MonotonicTime now)
    {
        PeerSession? next = null;
        foreach (PeerSession session in _sessions.Values)
        {
            bool sooner = session.CompareDue(now) is { } due && !(next?.CompareDue(now) <= due);
            next = sooner && !MustWait(session, now) ? session : next;
        }

        next?.Compare(now);
    }

    private void PassOn(RenewSet set, PeerSession? except)
    {
        foreach (PeerSession session in _sessions.Values)
        {
            if (session != except)
            {
                session.Pass(set);
            }
        }
    }

    private void Receive(PeerHello hello, PeerSession session, MonotonicTime now)
    {
        if (session.Peer is not null)
        {
            if (!hello.Heard)
            {
                session.Say(Hello(heard: true)); // the first one was lost
            }

            return;
        }

        session.Said = hello;
        if (Refusal(hello) is { } reason)
        {
            session.Close(reason);
            return;
        }

        if (_sessions.Values.FirstOrDefault(other => other.Established && other.Peer!.Node == hello.Node) is { } present)
        {
            PeerSession loser = Prefers(session, present, hello.Node) ? present : session;
            loser.Close($"node {hello.Node:x} is linked twice");
            if (loser == session)
            {
                return;
            }
        }

        if (!_known.TryGetValue(hello.Node, out PeerKnowledge? knowledge))
        {
            _known[hello.Node] = knowledge = new PeerKnowledge();
        }

        session.Greet(hello, knowledge, now);
        Registry.Replica!.SetIsolated(false);
        LookAtWarmUp(now);
    }

    private string? Refusal(PeerHello hello) =>
        hello.ClusterId != Options.ClusterId ? $"the peer is of cluster '{hello.ClusterId}', this is '{Options.ClusterId}'"
        : hello.Node != Registry.NodeId ? null
        : IsSelf(hello) ? "this is the node itself"
        : $"both have the node id {hello.Node:x}: no two nodes may have the same";

    private bool IsSelf(PeerHello? hello) => hello?.Node == Registry.NodeId && hello.Version.Epoch == Registry.BootEpoch;

    // Both ends must choose the same link: that which the lower id dialled. Of two by the same dialler the newer: it knows why.
    private bool Prefers(PeerSession added, PeerSession present, uint peer) =>
        added.Dialled == present.Dialled || added.Dialled == (Registry.NodeId < peer);

    private void LookAtWarmUp(MonotonicTime now)
    {
        if (_warmUp.Look(_sessions.Values, now))
        {
            SayReady();
        }
    }

    private void SayReady()
    {
        foreach (PeerSession session in _sessions.Values.Where(session => session.Established))
        {
            session.Say(new PeerReady(VersionNow));
        }
    }
}
