using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;

namespace Rollcall.Hosting.Clustering;

/// <summary>START HERE for the cluster at work: links with peers, dialled and accepted, and the time and the wake-ups that they need.</summary>
/// <remarks>
/// <para>
/// What nodes say to each other, and when, decides <see cref="ClusterNode"/>; here bytes are moved and clocks read.
/// Transports of the registry bring those who dial this node to <see cref="AcceptAsync"/>.
/// </para>
/// <para>Owner: one caller: <see cref="Start"/>, then <see cref="SetPeers"/> at any time, then <see cref="StopAsync"/>.</para>
/// </remarks>
public sealed class ClusterHost : IAsyncDisposable
{
    /// <summary>A node that stops waits this long for its peers to have what was accepted here: some round trips, unless one is stuck.</summary>
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();
    private readonly Signal _pulse = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RunningPeer> _peers = new(StringComparer.Ordinal); // guarded by _gate; by address
    private readonly HashSet<uint> _linked = []; // guarded by _gate; nodes that were said to be linked
    private readonly SaidBefore _said = new();
    private PeerPump[] _pumps = []; // replaced under _gate
    private Task _loop = Task.CompletedTask;
    private Task _leaving = Task.CompletedTask; // replaced under _gate; peers that are configured no longer are at their end
    private bool _wasWarming;
    private volatile TaskCompletionSource? _drained; // somebody waits for that

    /// <summary>A host that does nothing yet.</summary>
    /// <param name="node">The node.</param>
    /// <param name="time">Null: the system's.</param>
    /// <param name="logger">Null: silence.</param>
    public ClusterHost(ClusterNode node, TimeProvider? time = null, ILogger<ClusterHost>? logger = null)
    {
        Node = node;
        Time = time ?? TimeProvider.System;
        Logger = logger ?? NullLogger<ClusterHost>.Instance;
        node.Acceptor = AcceptAsync;
        node.TurnedAway = TurnedAway;
        _timer = Time.CreateTimer(_ => _pulse.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The node.</summary>
    public ClusterNode Node { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    private MonotonicTime Now => Node.Registry.Now;

    /// <summary>Begins: dials peers, moves the node's time.</summary>
    public void Start(IReadOnlyList<ConfiguredPeer> peers)
    {
        if (Node.Warming is { } warming)
        {
            _wasWarming = true;
            Logger.Warming(warming.Message);
        }

        Node.Registry.Published += Pulse;
        SetPeers(peers);
        _loop = RunAsync(_ending.Token);
    }

    /// <summary>From now on these are the peers: links with others that were dialled from here end, what was there and stays is not touched.</summary>
    public void SetPeers(IReadOnlyList<ConfiguredPeer> peers)
    {
        lock (_gate)
        {
            RunningPeer[] gone = [.. _peers.Values.ExceptBy(peers.Select(peer => peer.Address), peer => peer.Contact.Address)];
            foreach (RunningPeer peer in gone)
            {
                _peers.Remove(peer.Contact.Address);
            }

            foreach (ConfiguredPeer added in peers.Where(peer => !_peers.ContainsKey(peer.Address)))
            {
                _peers.Add(added.Address, Run(added));
            }

            Node.Contacts = [.. _peers.Values.Select(peer => peer.Contact)];
            _leaving = Task.WhenAll([_leaving, .. gone.Select(LeaveAsync)]);
        }

        LookAround();
    }

    /// <summary>Takes a connection that a peer opened: a <see cref="PeerAcceptor"/>.</summary>
    public async Task AcceptAsync(IPeerLane lane, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, _ending.Token);
        (LinkEnd end, string why) = await PumpAsync(lane, dialled: false, _ => { }, ending.Token);
        if (end is { Reason: not null, IsWelcome: false, IsSelf: false })
        {
            TurnedAway(lane.Path.Address, why);
        }
    }

    /// <summary>A runner has found a peer, which is no node of the cluster, in another state than before: one line in the log.</summary>
    public void Say(PeerContactView view) => Logger.Say(view);

    /// <summary>Waits until every linked peer has acknowledged what is for it, for a second at most. To be called before a stop.</summary>
    public async Task DrainAsync()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _drained = drained;
        Pulse();
        await Task.WhenAny(drained.Task, _loop, Task.Delay(s_drainLimit, Time));
    }

    /// <summary>Ends all links, and waits until they have ended.</summary>
    public async Task StopAsync()
    {
        Node.Registry.Published -= Pulse;
        await _ending.CancelAsync();
        RunningPeer[] peers;
        lock (_gate)
        {
            peers = [.. _peers.Values];
        }

        await Task.WhenAll([_loop, _leaving, .. peers.Select(peer => peer.Running)]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _timer.DisposeAsync();
    }

    /// <summary>Something has happened that may give others something to do.</summary>
    internal void Pulse() => _pulse.Set();

    internal void Add(PeerPump pump)
    {
        lock (_gate)
        {
            _pumps = [.. _pumps, pump];
        }
    }

    internal void Remove(PeerPump pump)
    {
        lock (_gate)
        {
            _pumps = [.. _pumps.Where(other => other != pump)];
        }
    }

    /// <summary>Runs a link, and says when its peer is there and when it is gone.</summary>
    internal async Task<(LinkEnd End, string Why)> PumpAsync(
        IPeerLane lane,
        bool dialled,
        Action<uint> onLinked,
        CancellationToken stopping
    )
    {
        var pump = new PeerPump(this, lane, dialled);
        (LinkEnd end, string why) = await pump.RunAsync(
            node =>
            {
                onLinked(node);
                SayLinked(node, lane.Path.Address);
            },
            stopping
        );
        if (end.Node is { } gone)
        {
            SayIfLost(gone, lane.Path.Address, why);
        }

        return (end, why);
    }

    /// <summary>Looks whether there is anybody to wait for.</summary>
    public void LookAround()
    {
        // Of a node that was told no peers, whoever made it knows whether some will dial it.
        if (Node.Contacts.Count > 0 && Node.Contacts.All(contact => contact.View.State == PeerState.Self))
        {
            Node.ExpectNoPeers();
        }

        Pulse();
    }

    // Somebody came as a peer and may not: strangers cannot fill the log.
    private void TurnedAway(string address, string why)
    {
        if (_said.IsNews(why, Now))
        {
            Logger.PeerRefused(address, why);
        }
    }

    private RunningPeer Run(ConfiguredPeer peer)
    {
        IPeerRunner runner = peer.CreateRunner(this);
        var contact = new PeerContact(peer.Address, Now);
        var ending = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        return new RunningPeer(contact, ending, RunAsync(runner, contact, ending.Token));
    }

    private async Task LeaveAsync(RunningPeer peer)
    {
        await peer.Ending.CancelAsync();
        await peer.Running;
        peer.Ending.Dispose();
        if (peer.Contact.View.Node is { } node)
        {
            Node.Forget(node);
        }
    }

    // A peer is not given up for a mistake of ours: the next attempt may be another case.
    private async Task RunAsync(IPeerRunner runner, PeerContact contact, CancellationToken stopping)
    {
        for (bool isNews = true; !stopping.IsCancellationRequested; isNews = false)
        {
            try
            {
                await Task.Run(() => runner.RunAsync(contact, stopping), stopping);
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return; // no longer configured, or the host stops
            }
            catch (Exception exception)
            {
                contact.Failed("it failed here: this is a bug.", Now);
                if (isNews)
                {
                    Logger.LinkFailed(exception, contact.Address);
                }
            }

            TimeSpan pause = contact.DialAt - Now;
            await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(CancellationToken ending)
    {
        bool failing = false;
        while (!ending.IsCancellationRequested)
        {
            TimeSpan wait = TimeSpan.FromSeconds(1);
            try
            {
                wait = Node.Tick(Now) - Now;
                SayIfWarm();
                if (_drained is { } drained && !Node.OwesChanges)
                {
                    drained.TrySetResult();
                }

                failing = false;
            }
            catch (Exception exception)
            {
                if (!failing)
                {
                    failing = true;
                    Logger.TickFailed(exception);
                }
            }

            foreach (PeerPump pump in Volatile.Read(ref _pumps))
            {
                pump.Wake();
            }

            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            await _pulse.WaitAsync(ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void SayIfWarm()
    {
        if (_wasWarming && Node.Warming is null)
        {
            _wasWarming = false;
            Logger.Warm();
        }
    }

    private void SayLinked(uint node, string address)
    {
        bool isNews;
        lock (_gate)
        {
            isNews = _linked.Add(node);
        }

        if (isNews)
        {
            Logger.PeerLinked($"{node:x}", address);
        }
    }

    private void SayIfLost(uint node, string address, string why)
    {
        bool isNews;
        lock (_gate)
        {
            isNews = !Node.IsLinked(node) && _linked.Remove(node);
        }

        if (isNews && !_ending.IsCancellationRequested)
        {
            Logger.PeerLost($"{node:x}", address, why);
        }
    }

    private sealed record RunningPeer(PeerContact Contact, CancellationTokenSource Ending, Task Running);
}
