using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>One link to a peer: what comes in, and what is to go out, in its order of urgency.</summary>
/// <remarks>
/// <para>Owner: <see cref="ClusterNode"/>, under its lock.</para>
/// <para>
/// Out go, when the link can take a message (<see cref="Take"/>): answers first, then renewals and what they left open, then changes,
/// then repair. Each is bounded: answers by the questions, sets of renewals by number (the oldest give way), changes by their window,
/// repair by one question at a time. A peer that takes nothing costs this and a cursor.
/// </para>
/// </remarks>
internal sealed class PeerSession(ClusterNode node, ushort link, bool dialled, MonotonicTime now)
{
    /// <summary>Most sets of renewals that wait.</summary>
    public const int RenewSetsMax = 8;

    /// <summary>Most answers that wait: a peer asks one question of each kind at a time; beyond, they are not made.</summary>
    public const int AnswersMax = 256;

    // A repair that was wanted and could not be, or ended without effect, is tried again after this.
    private static readonly TimeSpan s_repairPause = TimeSpan.FromSeconds(1);

    private readonly RegistryService _registry = node.Registry;
    private readonly FeedSender _feed = new(node.Registry, node.Options, link);
    private readonly Repair _repair = new(node.Registry.Replica!, node.Options, link, node.Random);
    private readonly RepairAnswers _answers = new(node.Registry.Replica!, node.Options, link);
    private readonly Queue<PeerMessage> _urgent = new();
    private readonly Queue<RenewSet> _renewSets = new();
    private readonly HomeQuestions _homes = new();
    private MonotonicTime _nextCompare = now;
    private MonotonicTime _asked = now; // for the hello, then for the feed
    private bool _feedHeard;

    /// <summary>The link's number: changes that came by it do not go back by it.</summary>
    public ushort Link { get; } = link;

    /// <summary>True if this node dialled.</summary>
    public bool Dialled { get; } = dialled;

    /// <summary>Where it leads; null if nobody said.</summary>
    public PeerPath? Path { get; init; }

    /// <summary>When it came up.</summary>
    public MonotonicTime Since { get; } = now;

    /// <summary>What the peer said of itself, also if it may not stay; null until it came.</summary>
    public PeerHello? Said { get; set; }

    /// <summary>The same, of a peer that may stay.</summary>
    public PeerHello? Peer { get; private set; }

    /// <summary>What this node has of the peer; null until its hello came.</summary>
    public PeerKnowledge? Knowledge { get; private set; }

    /// <summary>Why the link is to be closed; null: it is not.</summary>
    public string? Closing { get; private set; }

    /// <summary>When something came last.</summary>
    public MonotonicTime HeardAt { get; private set; } = now;

    /// <summary>A version of the peer, once it is warm, that a starting node has to reach.</summary>
    public RegistryVersion? WarmVersion { get; private set; }

    /// <summary>True while the peer has said no such version: it has just started.</summary>
    public bool IsWarming => WarmVersion is null;

    /// <summary>Messages waiting: see the bounds above.</summary>
    public int Waiting => _urgent.Count + _renewSets.Count;

    /// <summary>Batches of changes not acknowledged.</summary>
    public int BatchesUnderWay => _feed.UnderWay;

    /// <summary>True while the peer has not acknowledged a change that is for it.</summary>
    public bool Owes => Established && _feed.Owes;

    /// <summary>Versions of this node that the peer has not acknowledged.</summary>
    public ulong Lag => _feed.Lag;

    /// <summary>Batches of changes sent.</summary>
    public long BatchesSent => _feed.BatchesSent;

    /// <summary>How long ago the oldest change that the peer has not acknowledged came to be.</summary>
    public TimeSpan Behind(MonotonicTime time) => _feed.Behind(time);

    /// <summary>Sets of renewals that gave way.</summary>
    public long RenewSetsDropped { get; private set; }

    /// <summary>The repair that this side leads.</summary>
    public Repair Repair => _repair;

    /// <summary>True if the hello has come and the link is in use.</summary>
    public bool Established => Peer is not null && Closing is null;

    /// <summary>True while this node is in a repair with the peer.</summary>
    public bool IsRepairing(MonotonicTime time) => _repair.Active || _answers.IsActive(time);

    /// <summary>Since when a comparison is due that this side leads; null: none is, or it is under way.</summary>
    public MonotonicTime? CompareDue(MonotonicTime time) =>
        Established && Leads && !_repair.Active && time >= _nextCompare ? _nextCompare : null;

    private bool Leads => node.Registry.NodeId < Peer!.Node;

    /// <summary>Says something first thing.</summary>
    public void Say(PeerMessage message)
    {
        if (_urgent.Count < AnswersMax)
        {
            _urgent.Enqueue(message);
        }
    }

    /// <summary>The link ends; what waits is not sent but the reason.</summary>
    public void Close(string reason)
    {
        Closing ??= reason;
        bool unsaid = _urgent.TryPeek(out PeerMessage? first) && first is PeerHello;
        _urgent.Clear();
        if (unsaid)
        {
            _urgent.Enqueue(first!); // the peer shall know whom it may not link with
        }

        _renewSets.Clear();
        _urgent.Enqueue(new PeerRefusal(reason));
        _repair.End();
        _answers.End();
    }

    /// <summary>Renewals to pass on.</summary>
    public void Pass(RenewSet set)
    {
        if (!Established)
        {
            return;
        }

        _renewSets.Enqueue(set);
        if (_renewSets.Count > RenewSetsMax)
        {
            _renewSets.Dequeue();
            RenewSetsDropped++;
        }
    }

    /// <summary>The peer told these numbers, which mean no lease here: it may know.</summary>
    public void Ask(uint home, ulong boot, List<uint> numbers) => _homes.Add(home, boot, numbers);

    /// <summary>The peer has said who it is, and may stay.</summary>
    public void Greet(PeerHello hello, PeerKnowledge knowledge, MonotonicTime time)
    {
        Peer = hello;
        Knowledge = knowledge;
        knowledge.Meet(hello.Version.Epoch);
        WarmVersion = hello.Warming ? null : hello.Version;
        _nextCompare = time;
        AskForFeed(time);
    }

    /// <summary>Takes in a message of an established link.</summary>
    public void Receive(PeerMessage message, MonotonicTime time)
    {
        HeardAt = time;
        switch (message)
        {
            case FeedRequest request:
                _feed.Start(request.Since);
                break;
            case FeedBatch batch when batch.Boot == Knowledge!.Boot:
                Receive(batch, time);
                break;
            case FeedAck ack when ack.Boot == _registry.BootEpoch:
                _feed.Acknowledge(ack.Applied, ack.Gap, time);
                break;
            case PeerReady ready when ready.Version.Epoch == Knowledge!.Boot:
                WarmVersion = ready.Version;
                break;
            case RenewSet set:
                node.Receive(set, this, time);
                break;
            case HomesRequest request:
                Say(node.Renewals.Answer(request));
                break;
            case HomesAnswer answer:
                Receive(answer, time);
                break;
            default:
                ReceiveRepair(message, time);
                break;
        }
    }

    /// <summary>Time passes. Returns when to ask again.</summary>
    public MonotonicTime Tick(MonotonicTime time)
    {
        if (Closing is not null)
        {
            return time + s_repairPause;
        }

        if (Peer is null)
        {
            if (time - _asked >= node.Options.ResendAfter)
            {
                _asked = time;
                Say(node.Hello(heard: false));
            }

            return _asked + node.Options.ResendAfter;
        }

        if (!_feedHeard && time - _asked >= node.Options.ResendAfter)
        {
            AskForFeed(time);
        }

        MonotonicTime next = _feed.Tick(time);
        bool wasActive = _repair.Active;
        MonotonicTime repairNext = _repair.Tick(time);
        _nextCompare = wasActive && !_repair.Active ? time + s_repairPause : _nextCompare; // given up: others first
        if (time >= _nextCompare && !Leads)
        {
            ScheduleCompare(time);
            if (Knowledge!.RepairFrom > 0)
            {
                Say(new RepairRequest());
            }
        }

        next = !_feedHeard && _asked + node.Options.ResendAfter < next ? _asked + node.Options.ResendAfter : next;
        next = _repair.Active && repairNext < next ? repairNext : next;
        next = _homes.Next is { } ask && ask < next ? ask : next;
        MonotonicTime compare = time < _nextCompare ? _nextCompare : time + s_repairPause; // its turn may come before
        return compare < next ? compare : next;
    }

    /// <summary>It is the turn of this link to be compared, led from here.</summary>
    public void Compare(MonotonicTime time)
    {
        ScheduleCompare(time);
        _repair.Begin(time);
    }

    /// <summary>The next message to go out, if there is one.</summary>
    public PeerMessage? Take(MonotonicTime time)
    {
        if (_urgent.TryDequeue(out PeerMessage? urgent))
        {
            return urgent;
        }

        if (!Established)
        {
            return null;
        }

        if (_renewSets.TryDequeue(out RenewSet? set))
        {
            return set;
        }

        return _homes.Take(time) ?? (PeerMessage?)_feed.Take(time) ?? _repair.Take(time) ?? _answers.Take(time);
    }

    // A claim that is dated before the home known here is told of that: its owner's next renewal makes a later one. Nobody asks for
    // such news, so it goes on by itself until it is where the claim was made: else it took a renewal's interval per node.
    private void Receive(HomesAnswer answer, MonotonicTime time)
    {
        Replica replica = _registry.Replica!;
        List<KeyedState> news = _homes.TryAnswer(answer) ? [] : [.. answer.Homes.Where(told => IsNews(told, time))];
        replica.Apply(answer.Homes, Link, time);
        List<KeyedState> later = [];
        foreach (KeyedState told in answer.Homes)
        {
            KeyState known = replica.StateOf(told.Key, time);
            if (known.Content.Record is not null && known.Home.CompareTo(told.State.Home) > 0)
            {
                later.Add(told with { State = new KeyState(default, null, known.Home) });
            }
        }

        if (later.Count > 0)
        {
            Say(new HomesAnswer(later));
        }

        if (news.Count > 0)
        {
            node.PassOn(new HomesAnswer(news), from: this);
        }
    }

    private bool IsNews(KeyedState told, MonotonicTime time) =>
        _registry.Replica!.StateOf(told.Key, time) is { Content.Record: not null } known && told.State.Home.CompareTo(known.Home) > 0;

    private void ScheduleCompare(MonotonicTime time) =>
        _nextCompare = time + (Knowledge!.RepairFrom > 0 ? s_repairPause : node.Options.ComparePeriod);

    private void AskForFeed(MonotonicTime time)
    {
        _asked = time;
        Say(new FeedRequest(new RegistryVersion(Knowledge!.Boot, Knowledge.Applied)));
    }

    private void Receive(FeedBatch batch, MonotonicTime time)
    {
        _feedHeard = true;
        PeerKnowledge knowledge = Knowledge!;
        PlantedFaults faults = node.Options.Faults;
        bool gap = batch.From > knowledge.Applied && !batch.Reset;
        if (batch.Reset)
        {
            knowledge.Reset(batch.To);
            _nextCompare = knowledge.RepairFrom > 0 ? time : _nextCompare;
        }
        else if (!gap)
        {
            bool skipped = faults.HasFlag(PlantedFaults.BatchAcknowledgedUnapplied) && node.Random.Next(4) == 0;
            _ = skipped ? 0 : _registry.Replica!.Apply(batch.States, Link, time);
            knowledge.Applied = Math.Max(knowledge.Applied, batch.To);
        }

        Say(new FeedAck(batch.Boot, knowledge.Applied, gap));
    }

    private void ReceiveRepair(PeerMessage message, MonotonicTime time)
    {
        switch (message)
        {
            case RepairRequest when Leads:
                _nextCompare = time;
                break;
            case DigestOffer offer:
                Say(_answers.Answer(offer, busy: node.MustWait(this, time), time));
                break;
            case DigestAnswer answer:
                _repair.Answered(answer, time);
                _nextCompare = answer.IsBusy ? time + s_repairPause : _nextCompare;
                break;
            case SymbolsRequest request when _answers.Answer(request, time) is { } answer:
                Say(answer);
                break;
            case SymbolsAnswer answer:
                _repair.Answered(answer, time);
                break;
            case ItemsRequest request:
                _answers.Want(request);
                break;
            case ItemsAnswer answer:
                _repair.Answered(answer, time);
                break;
            case ItemsPush push when _answers.Answer(push, time) is { } answer:
                Say(answer);
                break;
            case ItemsPushed answer:
                _repair.Answered(answer, time);
                break;
            case RepairDone done:
                _answers.End();
                Knowledge!.Repaired(done.Version, time);
                break;
        }

        if (_repair.TryComplete(out RepairDone? completed, out ulong theirVersion))
        {
            Say(completed!);
            Knowledge!.Repaired(theirVersion, time);
        }
    }
}
