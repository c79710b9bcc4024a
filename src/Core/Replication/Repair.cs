using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Replication;

/// <summary>The side of a repair that leads: compares, finds what differs, fetches what it lacks, gives what the other lacks.</summary>
/// <remarks>
/// <para>Owner: one <see cref="PeerSession"/>, that of the lower node id. One round at a time, one question at a time.</para>
/// <para>
/// A round: the digests; if they differ, coded symbols of the buckets that do until the differences are known; then the other's
/// records are fetched and merged; then those here that are still what this node knows are given. Whatever is lost ends the round
/// by <see cref="ClusterOptions.RepairTimeout"/>; what was done remains, and the next has less to do.
/// </para>
/// <para>Bytes: 3 a difference for the digest at 10,000, 13.6 for an item's symbols and 6 to ask for it; a changed record is two items.</para>
/// </remarks>
internal sealed class Repair(Replica replica, ClusterOptions options, ushort link, Random random)
{
    /// <summary>Most records asked for at a time: 24 kB of question.</summary>
    public const int PortionMax = 4_096;

    /// <summary>Most symbols asked for at a time, 320 kB: each question is a round trip, and over a long line those are what takes time.</summary>
    public const int SymbolsMax = 32_768;

    // 2.5 kB: fewer are not worth a round trip.
    private const int SymbolsMin = 256;

    // 64 of 256 records are 3 MB, what a TCP connection has under way: over a round trip of 160 ms 100,000 records/s instead of 6,400 with 4.
    private const int PushesUnderWayMax = 64;

    private readonly Queue<PeerMessage> _questions = new();
    private readonly Queue<ulong> _missing = new();
    private readonly Queue<Instance> _extra = new();
    private readonly Queue<KeyedState> _better = new(); // ends that the other does not know
    private readonly HashSet<int> _unanswered = []; // parts given
    private Step _step;
    private uint _round;
    private MonotonicTime _progress;
    private DigestReading? _mine;
    private HeldItems? _held;
    private SymbolDecoder? _decoder;
    private ulong _salt;
    private ulong _theirVersion;
    private int _guess; // symbols, if each difference is one item: if not, they are probably two each
    private int _portion;
    private int _part;
    private bool _all;
    private bool _equal;
    private int _pushed;

    private enum Step
    {
        Idle,
        Comparing,
        Decoding,
        Fetching,
        Giving,
    }

    /// <summary>True while a round is under way.</summary>
    public bool Active => _step != Step.Idle;

    /// <summary>Records fetched and given, in all rounds.</summary>
    public long RecordsMoved { get; private set; }

    /// <summary>Symbols taken in, in all rounds.</summary>
    public long SymbolsTaken { get; private set; }

    /// <summary>Begins a round.</summary>
    public void Begin(MonotonicTime now)
    {
        End();
        _round = (uint)random.Next(1, int.MaxValue);
        _mine = replica.ReadDigest(buckets: true);
        _step = Step.Comparing;
        _progress = now;
        _questions.Enqueue(new DigestOffer(_round, _mine.Root, _mine.Snapshot.Count));
    }

    /// <summary>Gives a round up that makes no progress. Returns when to ask again.</summary>
    public MonotonicTime Tick(MonotonicTime now)
    {
        if (Active && now - _progress >= options.RepairTimeout)
        {
            End();
        }

        return _progress + options.RepairTimeout;
    }

    /// <summary>The link is gone, or the round is over.</summary>
    public void End()
    {
        _step = Step.Idle;
        _held = null;
        _decoder = null;
        _mine = null;
        _questions.Clear();
        _missing.Clear();
        _extra.Clear();
        _better.Clear();
        _theirVersion = 0;
        _all = _equal = false;
        _portion = _part = _pushed = 0;
        _unanswered.Clear();
    }

    /// <summary>The next message of the round.</summary>
    public PeerMessage? Take(MonotonicTime now)
    {
        if (_questions.TryDequeue(out PeerMessage? question))
        {
            return question;
        }

        bool giving = _step == Step.Giving && _extra.Count + _better.Count > 0 && _unanswered.Count < PushesUnderWayMax;
        return giving ? Give(now) : null;
    }

    /// <summary>The other side's digest.</summary>
    public void Answered(DigestAnswer answer, MonotonicTime now)
    {
        if (_step != Step.Comparing || answer.Round != _round)
        {
            return;
        }

        _progress = now;
        _theirVersion = answer.Version;
        _equal = answer.Equal;
        if (answer.Equal)
        {
            _step = Step.Giving;
        }
        else if (answer.IsBusy)
        {
            End();
        }
        else if (answer.Count == 0 || _mine!.Snapshot.Count == 0)
        {
            CopyAll(otherIsEmpty: answer.Count == 0);
        }
        else if (answer.Buckets.Count == ItemHash.BucketCount)
        {
            Decode(HeldItems.Differing(_mine.Buckets, answer.Buckets));
        }
    }

    /// <summary>Coded symbols of the other side.</summary>
    public void Answered(SymbolsAnswer answer, MonotonicTime now)
    {
        if (_step != Step.Decoding || answer.Round != _round || answer.From != _decoder!.Count)
        {
            return;
        }

        _progress = now;
        _theirVersion = Math.Min(_theirVersion, answer.Version);
        _decoder.Add(HeldItems.Decode(answer.Symbols.Span));
        SymbolsTaken += answer.Symbols.Length / Symbol.Bytes;
        if (!_decoder.IsComplete)
        {
            int more = Math.Clamp(_decoder.Count == _guess ? _guess : _decoder.Count / 8, SymbolsMin, SymbolsMax);
            _questions.Enqueue(new SymbolsRequest(_round, _decoder.Count, more, _salt, []));
            return;
        }

        foreach (ulong item in _held!.Missing(_decoder.Found))
        {
            _missing.Enqueue(item);
        }

        foreach (Instance record in _held.Find(_decoder.Found))
        {
            _extra.Enqueue(record);
        }

        _held = null;
        _decoder = null;
        Fetch();
    }

    /// <summary>Records of the other side. What this node knows better is told in turn.</summary>
    public void Answered(ItemsAnswer answer, MonotonicTime now)
    {
        bool inOrder = _step == Step.Fetching && answer.Round == _round && answer.Portion == _portion && answer.Part == _part;
        if (!inOrder)
        {
            return;
        }

        _progress = now;
        _part++;
        var newer = new List<KeyedState>();
        replica.Apply(answer.States, link, now, newer);
        foreach (KeyedState end in newer.Where(state => state.State.Content.Record is null))
        {
            _better.Enqueue(end); // live ones are among the extra
        }

        RecordsMoved += answer.States.Count;
        if (answer.Last)
        {
            Fetch();
        }
    }

    /// <summary>Records given are applied there.</summary>
    public void Answered(ItemsPushed answer, MonotonicTime now)
    {
        if (_step == Step.Giving && answer.Round == _round)
        {
            _progress = now;
            _unanswered.Remove(answer.Part);
            replica.Apply(answer.Newer, link, now);
        }
    }

    /// <summary>Ends the round if all is done.</summary>
    /// <param name="done">To be sent.</param>
    /// <param name="theirVersion">This node has all that the other held at this version.</param>
    public bool TryComplete(out RepairDone? done, out ulong theirVersion)
    {
        bool complete = _step == Step.Giving && _extra.Count + _better.Count + _unanswered.Count == 0;
        theirVersion = _theirVersion;
        done = complete ? new RepairDone(_round, _mine!.Snapshot.Version, _equal) : null;
        if (complete)
        {
            End();
        }

        return complete;
    }

    private void CopyAll(bool otherIsEmpty)
    {
        if (otherIsEmpty)
        {
            foreach (Instance record in _mine!.Snapshot.Instances())
            {
                _extra.Enqueue(record);
            }

            _step = Step.Giving;
            return;
        }

        _all = true;
        Fetch();
    }

    private void Decode(ulong[] differing)
    {
        _salt = (ulong)random.NextInt64();
        _mine = replica.ReadDigest();
        _held = new HeldItems(_mine.Snapshot, replica.Hash, _salt, differing);
        _decoder = new SymbolDecoder(_held.Encoder);
        _theirVersion = ulong.MaxValue;
        _step = Step.Decoding;
        _guess = Math.Min(SymbolsMax, HeldItems.FirstGuess(differing));
        _questions.Enqueue(new SymbolsRequest(_round, 0, _guess, _salt, differing));
    }

    private void Fetch()
    {
        _step = Step.Fetching;
        _part = 0;
        _portion++;
        if (_all)
        {
            _all = false;
            _questions.Enqueue(new ItemsRequest(_round, _portion, []));
            return;
        }

        var items = new List<ulong>(Math.Min(PortionMax, _missing.Count));
        while (items.Count < PortionMax && _missing.TryDequeue(out ulong item))
        {
            items.Add(item);
        }

        if (items.Count == 0)
        {
            _step = Step.Giving;
            return;
        }

        _questions.Enqueue(new ItemsRequest(_round, _portion, items));
    }

    // Not those of which the other knew all better: they have been fetched. Where it knew the content better and this node the override,
    // or the other way round, what they make together must go: as a change it came by this link, and the feed sends it to others only.
    private ItemsPush Give(MonotonicTime now)
    {
        var batch = new StateBatch(options);
        while (!batch.IsFull && _better.TryDequeue(out KeyedState? better))
        {
            batch.Add(better);
        }

        while (!batch.IsFull && _extra.TryDequeue(out Instance? record))
        {
            KeyedState state = replica.KeyedStateOf(record, now);
            bool overrideIsMine = record.LastOverride is { } mine && state.State.Override?.Revision == mine.Revision;
            if (state.State.Content.Revision == record.Revision || overrideIsMine)
            {
                batch.Add(state);
            }
        }

        RecordsMoved += batch.States.Count;
        _unanswered.Add(_pushed);
        return new ItemsPush(_round, _pushed++, batch.States);
    }
}
