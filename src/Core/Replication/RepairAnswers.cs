using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Replication;

/// <summary>The side of a repair that answers: it keeps only what the round it is asked about needs.</summary>
/// <remarks>Owner: one <see cref="PeerSession"/>. A message of another round than the last offered is passed over.</remarks>
internal sealed class RepairAnswers(Replica replica, ClusterOptions options, ushort link)
{
    private readonly Queue<Instance> _wanted = new();
    private uint _round;
    private ulong _salt;
    private HeldItems? _held;
    private int _made; // symbols
    private int _portion = -1; // being answered
    private int _part;
    private ulong _wantedVersion;
    private bool _answerDue; // at least one part, also of nothing
    private bool _differs;
    private MonotonicTime _progress;

    /// <summary>Records still to be sent.</summary>
    public int Wanted => _wanted.Count;

    /// <summary>True while a round is under way that found a difference. The side that leads may be gone: silence ends it.</summary>
    public bool IsActive(MonotonicTime now) => _differs && now - _progress < options.RepairTimeout;

    /// <summary>A repair begins.</summary>
    /// <param name="offer">What the other side holds.</param>
    /// <param name="busy">True: this node is in another repair, and in no second one.</param>
    /// <param name="now">Now.</param>
    public DigestAnswer Answer(DigestOffer offer, bool busy, MonotonicTime now)
    {
        _round = offer.Round;
        End();
        DigestReading reading = replica.ReadDigest(buckets: true);
        bool equal = reading.Root == offer.Root && reading.Snapshot.Count == offer.Count;
        _differs = !equal && !busy;
        _progress = now;
        return new DigestAnswer(_round, reading.Snapshot.Version, reading.Snapshot.Count, equal, _differs ? reading.Buckets : []);
    }

    /// <summary>The symbols asked for; null if they cannot be told.</summary>
    public SymbolsAnswer? Answer(SymbolsRequest request, MonotonicTime now)
    {
        if (request.Round != _round || request.Count is < 1 or > Repair.SymbolsMax)
        {
            return null;
        }

        _progress = now;
        if (request.From == 0)
        {
            if (request.Buckets.Count != ItemHash.BucketCount / 64)
            {
                return null;
            }

            _salt = request.Salt;
            _made = 0;
            _held = new HeldItems(replica.ReadDigest().Snapshot, replica.Hash, _salt, request.Buckets);
        }

        if (_held is null || request.From != _made)
        {
            return null; // repeated or overtaken: the row goes forward only
        }

        _made += request.Count;
        return new SymbolsAnswer(_round, _held.Version, request.From, HeldItems.Encode(_held.Encoder.Next(request.Count)));
    }

    /// <summary>Records are asked for: <see cref="Take"/> gives them, part by part.</summary>
    public void Want(ItemsRequest request)
    {
        if (request.Round != _round || request.Portion <= _portion || request.Items.Count > Repair.PortionMax)
        {
            return;
        }

        _wanted.Clear();
        _portion = request.Portion;
        _part = 0;
        bool all = request.Items.Count == 0;
        RegistrySnapshot now = replica.ReadDigest().Snapshot;
        _wantedVersion = all ? now.Version : _held?.Version ?? 0;
        foreach (Instance record in all ? now.Instances() : _held?.Find(request.Items.ToHashSet()) ?? [])
        {
            _wanted.Enqueue(record);
        }

        _answerDue = true;
    }

    /// <summary>The next part of what is wanted.</summary>
    public ItemsAnswer? Take(MonotonicTime now)
    {
        if (!_answerDue)
        {
            return null;
        }

        _progress = now;
        var batch = new StateBatch(options);
        while (!batch.IsFull && _wanted.TryDequeue(out Instance? record))
        {
            batch.Add(replica.KeyedStateOf(record, now));
        }

        _answerDue = _wanted.Count > 0;
        return new ItemsAnswer(_round, _portion, _part++, !_answerDue, _wantedVersion, batch.States);
    }

    /// <summary>Takes in records that only the other side holds.</summary>
    public ItemsPushed? Answer(ItemsPush push, MonotonicTime now)
    {
        if (push.Round != _round)
        {
            return null;
        }

        _progress = now;
        var newer = new List<KeyedState>();
        replica.Apply(push.States, link, now, newer);

        // A live record of other content the other side has fetched, or gets as a change. What is left is no larger than what was pushed:
        // ends, and records pushed with an override from here.
        var pushed = push.States.Select(state => state.State.Content.Revision).ToHashSet();
        newer.RemoveAll(state => state.State.Content is { Record: not null, Revision: var revision } && !pushed.Contains(revision));
        return new ItemsPushed(_round, push.Part, newer);
    }

    /// <summary>The round is over, or the link is: gives its memory back.</summary>
    public void End()
    {
        _held = null;
        _made = 0;
        _portion = -1;
        _wanted.Clear();
        _answerDue = false;
        _differs = false;
    }
}
