using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Regions;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Stripes;
using Rollcall.Core.Watching;

namespace Rollcall.Core;

/// <summary>START HERE: register, renew, cancel, status, read full, read delta, advance time.</summary>
/// <remarks>
/// <para>
/// A write goes to the stripe of its id, under that stripe's lock (<see cref="Stripe"/>), takes a version, and is published in a new
/// snapshot before it is acknowledged (<see cref="SnapshotPublisher"/>). A renewal takes no lock and makes no version: it swaps one
/// word (<see cref="LeaseWord"/>). Readers take the current snapshot by one reference.
/// </para>
/// <para>Time: every operation takes <see cref="Now"/>, read once per batch. No thread of its own: the host calls <see cref="Advance"/>.</para>
/// <para>Errors: expected refusals are values (<see cref="RegistryError"/>); nothing is thrown but for bad options.</para>
/// <para>Threads: any, all at once.</para>
/// </remarks>
public sealed class RegistryService
{
    // A lease is asked for this many renewals before its turn: at 10 ns each, about the time that memory takes to answer.
    private const int RenewalsAhead = 12;

    // A stripe's lock is held for at most this many looks at a time: at 0.2 us each, 50 us.
    private const int LooksPerHold = 256;

    // Expiries are published in portions, so that a writer who waits for its turn to publish does not wait for all of them.
    private const int ExpiriesPerPublish = 256;

    // A writer reads the clock before it takes its version, so versions may be this much out of the order of time.
    private static readonly TimeSpan s_writeLength = TimeSpan.FromSeconds(1);

    // Peers' stamps from the future are cut to this, so that one wrong clock cannot hold a record for ever.
    private static readonly TimeSpan s_peerStampAhead = TimeSpan.FromMinutes(5);

    private readonly RegistryClock _clock;
    private readonly StripeTable _stripes;
    private readonly ChangeJournal _journal;
    private readonly SnapshotPublisher _publisher;
    private readonly WarmRestart _restart;
    private readonly Lock _advancing = new();
    private MonotonicTime _advancedTo; // guarded by _advancing
    private long _registrations;
    private long _renewals;
    private long _renewalsRefused;
    private long _cancellations;
    private long _expiries;
    private long _statusWrites;
    private long _metadataWrites;

    /// <summary>An empty registry.</summary>
    /// <exception cref="ArgumentException">Options outside their ranges: names all of them.</exception>
    public RegistryService(RegistryOptions options, TimeProvider time)
    {
        Options = options.OrThrow();
        _clock = new RegistryClock(time);
        BootEpoch = options.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        NodeId = options.NodeId != 0 ? options.NodeId : (uint)(BootEpoch >> 32) | 1;
        _stripes = new StripeTable(Options, NodeId, BootEpoch);
        _journal = new ChangeJournal(Options);
        ItemHash? hash = options.Cluster is { } cluster ? new ItemHash(cluster.ClusterId) : null;
        _publisher = new SnapshotPublisher(_stripes, _journal, hash is null ? null : new ContentDigest(hash, options.Cluster!.Faults));
        Replica = hash is null ? null : new Replica(_stripes, _publisher, _clock, hash);
        _restart = new WarmRestart(_stripes, _publisher, options);
        Subscribers = new SubscriberTable(this);
    }

    /// <summary>A new version is there to be read.</summary>
    /// <remarks>
    /// <para>
    /// Raised behind every publication, when <see cref="ReadSnapshot"/> and the changes already show it, on the thread of the writer
    /// that published. Writers publish at the same time as others raise: handlers run side by side, and one may find a version that
    /// is newer than the one it was raised for, or that another handler has dealt with. After the last of several writes it is
    /// raised at least once, so whoever reads the current version at each call misses nothing.
    /// </para>
    /// <para>
    /// A handler returns at once, throws nothing, and waits for nobody: the writer's answer stands behind it, and if a lease ended, so does the
    /// passing of time.
    /// </para>
    /// <para>Cost: of nobody listening, a comparison.</para>
    /// </remarks>
    public event Action? Published
    {
        add => _publisher.Published += value;
        remove => _publisher.Published -= value;
    }

    /// <summary>This registry as its peers see it; null if it stands alone.</summary>
    internal Replica? Replica { get; }

    /// <summary>Its part in the cluster; null if it stands alone.</summary>
    public ClusterNode? Cluster { get; internal set; }

    /// <summary>
    /// Why a transport answers no read of the whole, of changes, of services or of virtual addresses; null: it does. Reads of one
    /// instance, and writes, are always served.
    /// </summary>
    public RegistryError? Warming => Cluster?.Warming;

    /// <summary>The options in force.</summary>
    public RegistryOptions Options { get; }

    /// <summary>Who follows this registry, and how far each has come.</summary>
    public SubscriberTable Subscribers { get; }

    /// <summary>Copies of other regions' registries: beside this one, never part of it. Empty unless the host adds some.</summary>
    public RemoteRegions Regions { get; } = new();

    /// <summary>Random at start: outside a node a version is (boot epoch, version).</summary>
    public ulong BootEpoch { get; }

    /// <summary>This node in revisions.</summary>
    public uint NodeId { get; }

    /// <summary>Reads the clock. Once per batch: a reading costs as much as a renewal.</summary>
    public MonotonicTime Now => _clock.Now;

    /// <summary>State of the guard against mass expiry.</summary>
    public GuardState Guard => _stripes.Guard.Read(Now);

    /// <summary>Counts since the start.</summary>
    public RegistryCounts Counts =>
        new(
            Volatile.Read(ref _registrations),
            Volatile.Read(ref _renewals),
            Volatile.Read(ref _renewalsRefused),
            Volatile.Read(ref _cancellations),
            Volatile.Read(ref _expiries),
            Volatile.Read(ref _statusWrites),
            Volatile.Read(ref _metadataWrites)
        );

    /// <summary>Milliseconds since 1970 at <paramref name="time"/>, by the wall clock as last read by <see cref="Advance"/>.</summary>
    public long WallMs(MonotonicTime time) => _clock.WallMs(time);

    /// <summary>Registers, or registers again.</summary>
    /// <remarks>
    /// A registration by the owner always wins, whatever its stamp. One passed on by a peer yields to a record with a newer stamp:
    /// it then renews, and changes nothing. A live lease keeps its handle.
    /// </remarks>
    public RegisterResult Register(Registration registration, MonotonicTime now, WriteSource source = WriteSource.Owner)
    {
        if (RegistrationRule.Check(registration, Options) is { } error)
        {
            return new RegisterResult(error, default, 0, false);
        }

        WriteMoment moment = MomentOf(now);
        Instance draft = Draft(registration, source, moment);
        HashedKey key = _stripes.Hash(InstanceKey.Of(draft));
        RegisterResult result = _stripes.Of(key.IdHash).Register(key, draft, registration.Override, source, moment);
        if (result.Error is null)
        {
            Interlocked.Increment(ref _registrations);
            _publisher.Publish(result.Version);
            if (source == WriteSource.Peer)
            {
                Replica?.ToldByJava.Add(result.Handle.Index);
            }
        }

        return result;
    }

    /// <summary>Renews by handle. No lock, 0 bytes.</summary>
    /// <returns>False: unknown; register again.</returns>
    public bool Renew(LeaseHandle handle, MonotonicTime now)
    {
        bool renewed = TryRenew(handle, _stripes.Clock.DeadlineTick(now, 0));
        CountRenewals(renewed ? 1 : 0, renewed ? 0 : 1);
        return renewed;
    }

    /// <summary>Renews many by handle. No lock, 0 bytes.</summary>
    /// <param name="handles">The handles.</param>
    /// <param name="now">Now.</param>
    /// <param name="unknown">Receives the positions of those that are unknown; as long as <paramref name="handles"/>.</param>
    /// <returns>How many are unknown.</returns>
    public int Renew(ReadOnlySpan<LeaseHandle> handles, MonotonicTime now, Span<int> unknown)
    {
        long startTick = _stripes.Clock.DeadlineTick(now, 0);
        int refused = 0;
        for (int i = 0; i < handles.Length; i++)
        {
            if (i + RenewalsAhead < handles.Length)
            {
                _stripes.Leases.Prefetch(handles[i + RenewalsAhead].Index);
            }

            if (!TryRenew(handles[i], startTick))
            {
                unknown[refused++] = i;
            }
        }

        CountRenewals(handles.Length - refused, refused);
        return refused;
    }

    /// <summary>Renews by key. No lock, 0 bytes.</summary>
    /// <param name="key">Service and id.</param>
    /// <param name="clientStamp">The caller's stamp of the record, if it sent one: compared, never stored.</param>
    /// <param name="now">Now.</param>
    /// <param name="source">
    /// The owner, who makes this node the home of the lease; or a peer, that has heard the owner itself: the home stays where it is.
    /// </param>
    public RenewResult Renew(InstanceKey key, long? clientStamp, MonotonicTime now, WriteSource source = WriteSource.Owner)
    {
        HashedKey hashed = _stripes.Hash(key);
        Stripe stripe = _stripes.Of(hashed.IdHash);
        Instance? record = stripe.Renew(hashed, _stripes.Clock.DeadlineTick(now, 0), out bool away);
        if (source == WriteSource.Peer && record is not null)
        {
            Replica?.ToldByJava.Add(record.Number);
        }
        else if (away)
        {
            stripe.BecomeHome(hashed, MomentOf(now));
        }

        CountRenewals(record is null ? 0 : 1, record is null ? 1 : 0);
        if (record is null)
        {
            return default;
        }

        RenewOutcome outcome = clientStamp is not { } stamp || stamp == record.ClientStamp ? RenewOutcome.Same
            : stamp > record.ClientStamp ? RenewOutcome.Newer
            : RenewOutcome.Older;
        return new RenewResult(outcome, record);
    }

    /// <summary>Removes an instance, and its override, at once; the guard has no say.</summary>
    public WriteResult Cancel(InstanceKey key, MonotonicTime now, WriteSource source = WriteSource.Owner)
    {
        HashedKey hashed = _stripes.Hash(key);
        ulong version = _stripes.Of(hashed.IdHash).Cancel(hashed, source, MomentOf(now));
        if (version == 0)
        {
            return new WriteResult(RegistryError.Unknown("cancel", key), 0);
        }

        Interlocked.Increment(ref _cancellations);
        return Acknowledge(version);
    }

    /// <summary>Sets the operator's override. Does not renew. <see cref="InstanceStatus.Unknown"/> is no opinion: it clears.</summary>
    public WriteResult SetStatus(
        InstanceKey key,
        InstanceStatus status,
        MonotonicTime now,
        WriteSource source = WriteSource.Operator
    )
    {
        if (status == InstanceStatus.Unknown)
        {
            return ClearStatus(key, now, source);
        }

        if (RegistrationRule.Status($"Cannot set the status of {key.ToString()}", status) is { } error)
        {
            return new WriteResult(error, 0);
        }

        WriteMoment moment = MomentOf(now);
        HashedKey hashed = _stripes.Hash(key);
        ulong version = _stripes
            .Of(hashed.IdHash)
            .Modify(
                hashed,
                (status, moment.WallMs),
                static (record, revision, set) =>
                    record.Override?.Status == set.status
                        ? null
                        : Override(record, new StatusOverride(set.status, revision, set.WallMs)),
                ChangeCause.StatusSet,
                source,
                moment
            );
        return AcknowledgeOr("set the status of", key, version, ref _statusWrites);
    }

    /// <summary>Clears the override: the own status shows at once. Nothing to clear is no error and no change.</summary>
    public WriteResult ClearStatus(InstanceKey key, MonotonicTime now, WriteSource source = WriteSource.Operator)
    {
        HashedKey hashed = _stripes.Hash(key);
        Stripe stripe = _stripes.Of(hashed.IdHash);
        WriteMoment moment = MomentOf(now);
        ulong version = stripe.Modify(
            hashed,
            moment.WallMs,
            static (record, revision, atMs) =>
                record.Override is null ? null : Override(record, StatusOverride.Cleared(revision, atMs)),
            ChangeCause.StatusCleared,
            source,
            moment
        );
        return version == 0 && stripe.ForgetOverride(key, moment)
            ? Acknowledge(_stripes.Version)
            : AcknowledgeOr("clear the status of", key, version, ref _statusWrites);
    }

    /// <summary>Merges pairs into the metadata: a key that is there gets the new value in its place, a new one goes behind.</summary>
    public WriteResult SetMetadata(
        InstanceKey key,
        IReadOnlyList<KeyValuePair<string, string>> pairs,
        MonotonicTime now,
        WriteSource source = WriteSource.Operator
    )
    {
        string what = $"Cannot set metadata of {key.ToString()}";
        RegistryError? error = RegistrationRule.Pairs(what, "metadata", pairs, Options);
        if (error is not null)
        {
            return new WriteResult(error, 0);
        }

        HashedKey hashed = _stripes.Hash(key);
        ulong version = _stripes
            .Of(hashed.IdHash)
            .Modify(
                hashed,
                pairs,
                (record, revision, set) =>
                {
                    KeyValuePair<string, string>[] merged = Merge(record.Metadata, set);
                    error = RegistrationRule.Pairs(what, "metadata", merged, Options);
                    if (error is not null)
                    {
                        return null;
                    }

                    Instance modified = record.CopyWithText(TextBlock.WithMetadata(record.Text, merged));
                    modified.Revision = revision;
                    return modified;
                },
                ChangeCause.MetadataSet,
                source,
                MomentOf(now)
            );
        return error is null ? AcknowledgeOr("set metadata of", key, version, ref _metadataWrites) : new WriteResult(error, 0);
    }

    /// <summary>How long until the next <see cref="Advance"/> has something to look at: up to a <see cref="RegistryOptions.WheelTick"/>.</summary>
    public TimeSpan UntilNextTick(MonotonicTime now) => _stripes.Clock.UntilNextTick(now);

    /// <summary>Moves time: finds silent leases, ends those that are over, judges the guard, publishes. One caller at a time; others wait.</summary>
    /// <remarks>
    /// To be called each <see cref="RegistryOptions.WheelTick"/> or so, best <see cref="UntilNextTick"/>. Late calls make leases end late, never early; a gap of more
    /// than <see cref="RegistryOptions.StallGap"/> counts as that much. Cost: O(looks due), about one per lease and interval.
    /// </remarks>
    public AdvanceResult Advance(MonotonicTime now)
    {
        lock (_advancing)
        {
            // One of two callers may have read the clock earlier and come here later: time does not go back for it.
            now = now < _advancedTo ? _advancedTo : now;
            _advancedTo = now;
            _clock.ReadWall();
            TimeSpan stalled = _stripes.Clock.Advance(now);
            long tick = _stripes.Clock.TickAt(now);
            WriteMoment moment = MomentOf(now);
            var tally = default(AdvanceTally);
            int unpublished = 0;
            foreach (Stripe stripe in _stripes.Stripes)
            {
                bool done;
                do
                {
                    int before = tally.Expired;
                    done = stripe.Advance(tick, LooksPerHold, moment, ref tally);
                    unpublished += tally.Expired - before;
                    if (unpublished >= ExpiriesPerPublish)
                    {
                        _publisher.Publish(_stripes.Version);
                        unpublished = 0;
                    }
                } while (!done);
            }

            if (unpublished > 0)
            {
                _publisher.Publish(_stripes.Version);
            }

            Interlocked.Add(ref _expiries, tally.Expired);
            _stripes.Guard.Judge(tick, now, stalled);
            return new AdvanceResult(tally.Expired, _stripes.Guard.Held, tally.LatestLateness, stalled);
        }
    }

    /// <summary>An operator says the silent instances are really gone: the guard ends and they expire.</summary>
    public void ConfirmLoss(MonotonicTime now)
    {
        lock (_advancing)
        {
            Advance(now); // so that all that is silent by now is known to be
            _stripes.Guard.Confirm(_stripes.Clock.TickAt(now), now);
        }
    }

    /// <summary>The registry as of the last acknowledged write. One reference, no lock, 0 bytes.</summary>
    public RegistrySnapshot ReadSnapshot() => _publisher.Current;

    /// <summary>One instance, live; null if it is not there. No lock, 0 bytes.</summary>
    public Instance? Find(InstanceKey key)
    {
        HashedKey hashed = _stripes.Hash(key);
        return _stripes.Of(hashed.IdHash).Find(hashed);
    }

    /// <summary>One instance by id alone; if several services have it, that of the lowest service name. No lock, 0 bytes.</summary>
    public Instance? FindById(ReadOnlySpan<byte> id)
    {
        ulong hash = _stripes.HashId(id);
        return _stripes.Of(hash).FindById(id, hash);
    }

    /// <summary>The handle of a live instance; <see cref="LeaseHandle.IsNone"/> if it is not there.</summary>
    public LeaseHandle HandleOf(InstanceKey key)
    {
        HashedKey hashed = _stripes.Hash(key);
        return _stripes.Of(hashed.IdHash).HandleOf(hashed);
    }

    /// <summary>When the lease of a record was renewed last, milliseconds since 1970; of one that has ended, when the record came to be.</summary>
    public long LastRenewalMs(Instance instance) =>
        LeaseOf(instance) is { } lease ? Math.Max(instance.RegisteredAtMs, WallMsOf(lease.RenewedAtTick - 1)) : instance.UpdatedAtMs;

    /// <summary>True of a version that this boot has published: who has it may be told what changed since.</summary>
    public bool HasPublished(RegistryVersion version) => version.Epoch == BootEpoch && version.Number <= ReadSnapshot().Version;

    /// <summary>Every change after a version, each once, in order; or the word that they are not kept any more.</summary>
    /// <remarks>A version from the future, as of another boot, is answered like one that is too old.</remarks>
    public DeltaResult ReadDelta(ulong since) => _journal.Since(since, ReadSnapshot());

    /// <summary>The same, for a version as the world outside knows it.</summary>
    public DeltaResult ReadDelta(RegistryVersion since)
    {
        RegistrySnapshot snapshot = ReadSnapshot();
        return since.Epoch == BootEpoch ? _journal.Since(since.Number, snapshot) : new DeltaResult(TooFarBehind(since), snapshot, []);
    }

    /// <summary>What is answered to who asks for changes that are not kept any more, or were never made here.</summary>
    public RegistryError TooFarBehind(RegistryVersion since)
    {
        RegistrySnapshot snapshot = ReadSnapshot();
        return since.Epoch == BootEpoch
            ? _journal.Behind(since.Number, snapshot)
            : RegistryError.OtherBoot(since, new RegistryVersion(BootEpoch, snapshot.Version));
    }

    /// <summary>Why an instance is, or is not, there. Cost: O(changes kept).</summary>
    public Explanation Explain(InstanceKey key, MonotonicTime now)
    {
        Instance? record = Find(key);
        LeaseTimes? lease = record is null ? null : LeaseOf(record);
        IReadOnlyList<Change> events = _journal.EventsOf(key, ReadSnapshot().Version, out Change? oldest);
        return ExplanationText.Explain(
            key,
            record,
            lease is null ? 0 : LastRenewalMs(record!),
            lease is { } l ? WallMsOf(l.DeadlineTick) : 0,
            heldByGuard: Guard.Engaged && lease is { } held && held.DeadlineTick <= _stripes.Clock.TickAt(now),
            provisional: record is not null && IsProvisional(record),
            home: record is null ? null : HomeElsewhere(key, now),
            events,
            oldest?.AtMs ?? WallMs(MonotonicTime.Zero),
            WallMs(now)
        );
    }

    // The node that ends the lease; null: this one, as always where there is no cluster.
    private uint? HomeElsewhere(InstanceKey key, MonotonicTime now) =>
        Replica?.StateOf(key, now).Home is { Node: var home } && home != NodeId && home != 0 ? home : null;

    /// <summary>True if a record is from the file of a former run, and nobody has renewed it since the start.</summary>
    public bool IsProvisional(Instance instance) =>
        _stripes.Leases.OwnerOf(instance.LeaseIndex, out int slot).IsProvisional(instance, slot);

    /// <summary>All that this registry knows, to be written to a file.</summary>
    public RegistryImage ReadImage(MonotonicTime now) => _restart.Read(MomentOf(now));

    /// <summary>Takes back what a former run wrote: to be called first of all.</summary>
    /// <remarks>
    /// What is restored is provisional (<see cref="IsProvisional"/>): it has a full lease to be renewed in, and yields to whatever a
    /// peer knows better. Refused whole if it is of another cluster or node, or so old that what has ended might come back.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The registry is not empty: a bug of the caller.</exception>
    public RestoreResult Restore(RegistryImage image, MonotonicTime now) => _restart.Restore(image, MomentOf(now));

    /// <summary>The last registrations, cancellations and expiries.</summary>
    public RegistryHistory History() => _journal.History;

    /// <summary>The change that made a version; false if it is not kept any more, or not yet published. 0 bytes.</summary>
    internal bool TryReadChange(ulong version, out Change change) => _journal.TryRead(version, out change);

    /// <summary>The latest change of each instance after <paramref name="after"/>; null if some are not kept any more.</summary>
    /// <remarks>In the order of <see cref="ChangeJournal.LatestSince"/>.</remarks>
    internal IReadOnlyList<Change>? LatestChanges(RegistrySnapshot snapshot, MonotonicTime after) =>
        _journal.LatestSince(after - s_writeLength, snapshot);

    private static Instance Override(Instance record, StatusOverride overriding)
    {
        Instance copy = record.Copy();
        copy.Override = overriding;
        return copy;
    }

    private static KeyValuePair<string, string>[] Merge(TextPairs metadata, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        var merged = new OrderedDictionary<string, string>(metadata.ToArray(), StringComparer.Ordinal);
        foreach ((string name, string value) in pairs)
        {
            merged[name] = value;
        }

        return [.. merged];
    }

    private Instance Draft(Registration from, WriteSource source, WriteMoment moment)
    {
        ServiceName service = ReadSnapshot().Service(from.Service)?.Name ?? new ServiceName(from.Service);
        long stamp = from.ClientStamp ?? moment.WallMs;
        return new Instance(service, from)
        {
            ClientStamp = source == WriteSource.Peer ? Math.Min(stamp, moment.WallMs + (long)s_peerStampAhead.TotalMilliseconds) : stamp,
            ServiceUpAtMs = source == WriteSource.Peer ? from.ServiceUpAtMs ?? 0 : 0,
            LeaseDuration = from.LeaseDuration ?? Options.LeaseDurationDefault,
            RenewalInterval = from.RenewalInterval ?? Options.RenewalIntervalDefault,
        };
    }

    private bool TryRenew(LeaseHandle handle, long startTick)
    {
        ref LeaseSlot lease = ref _stripes.Leases.At(handle.Index);
        return !Unsafe.IsNullRef(ref lease) && _stripes.Guard.TryRenew(ref lease, handle.Generation, startTick);
    }

    private void CountRenewals(int renewed, int refused)
    {
        if (renewed > 0)
        {
            Interlocked.Add(ref _renewals, renewed);
        }

        if (refused > 0)
        {
            Interlocked.Add(ref _renewalsRefused, refused);
        }
    }

    private WriteResult AcknowledgeOr(string verb, InstanceKey key, ulong version, ref long count)
    {
        if (version == 0)
        {
            return new WriteResult(RegistryError.Unknown(verb, key), 0);
        }

        Interlocked.Increment(ref count);
        return Acknowledge(version);
    }

    private WriteResult Acknowledge(ulong version)
    {
        _publisher.Publish(version);
        return new WriteResult(null, version);
    }

    private LeaseTimes? LeaseOf(Instance record) =>
        _stripes.Leases.Has(record.LeaseIndex) ? _stripes.Leases.OwnerOf(record.LeaseIndex, out int slot).TimesOf(record, slot) : null;

    private long WallMsOf(long tick) => _clock.WallMs(_stripes.Clock.TimeOf(tick));

    private WriteMoment MomentOf(MonotonicTime now) => new(now, _clock.WallMs(now));
}
