using System.Security.Cryptography;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Http.Polling;

/// <summary>A copy of a Eureka server's registry, with the numbers, versions and changes that Eureka does not know.</summary>
/// <remarks>
/// <para>
/// Eureka tells a full read, or the latest record of each instance changed in the last three minutes, again and again. What is news in
/// that is a change here, with a version of this copy; its epoch is drawn for the copy, so nobody takes one copy's version for another's.
/// </para>
/// <para>Owner: one caller at a time.</para>
/// <para>Shape: at most <see cref="ChangesKept"/> changes; a full read that differs makes one version, and forgets them.</para>
/// </remarks>
internal sealed class EurekaCopy
{
    /// <summary>Changes that can still be told one by one.</summary>
    public const int ChangesKept = 4_096;

    private readonly ulong _epoch = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly Dictionary<string, ServiceName> _services = new(StringComparer.Ordinal);
    private readonly Queue<InstanceChange> _changes = [];
    private Dictionary<(string Service, string Id), Instance> _held = [];
    private ulong _version;
    private ulong _keptFrom; // changes after this version are kept
    private uint _numbers;

    /// <summary>The version of the copy.</summary>
    public RegistryVersion Version => new(_epoch, _version);

    /// <summary>The hash that the server should have if the copy is right.</summary>
    public string Hash()
    {
        Span<int> counts = stackalloc int[Enum.GetValues<InstanceStatus>().Length];
        foreach (Instance instance in _held.Values)
        {
            counts[(int)instance.Status]++;
        }

        return AppsHash.OfCounts(counts);
    }

    /// <summary>All of it.</summary>
    public RegistryUpdate Snapshot() => RegistryUpdate.Snapshot(Version, [.. _held.Values]);

    /// <summary>What has changed after <paramref name="since"/>; null if that is not kept, or was never a version of this copy.</summary>
    public RegistryUpdate? Since(RegistryVersion since)
    {
        if (since.Epoch != _epoch || since.Number < _keptFrom || since.Number > _version)
        {
            return null;
        }

        InstanceChange[] changes = [.. _changes.Where(change => change.Version > since.Number)];
        return changes.Length > 0 ? RegistryUpdate.Changed(Version, changes) : RegistryUpdate.Progress(Version);
    }

    /// <summary>Takes a full read.</summary>
    public void Replace(IEnumerable<ToldInstance> all)
    {
        var next = new Dictionary<(string, string), Instance>();
        bool differs = false;
        foreach (ToldInstance told in all.Where(told => told.Word.Kind != ChangeKind.Removed))
        {
            Instance? before = _held.GetValueOrDefault(KeyOf(told));
            Instance record = Make(told, before?.Number ?? ++_numbers, _version + 1);
            bool news = before is null || !IsSame(before, record);
            next[KeyOf(told)] = news ? record : before!;
            differs |= news;
        }

        differs |= next.Count != _held.Count;
        _held = next;
        if (differs || _version == 0)
        {
            _version++;
            _changes.Clear();
            _keptFrom = _version;
        }
    }

    /// <summary>Takes a delta: what of it is known already is no change.</summary>
    public void Apply(IEnumerable<ToldInstance> delta)
    {
        foreach (ToldInstance told in delta)
        {
            Instance? before = _held.GetValueOrDefault(KeyOf(told));
            if (told.Word.Kind == ChangeKind.Removed && before is not null)
            {
                _held.Remove(KeyOf(told));
                ChangeCause cause = told.Word.RanOut(before.LeaseDuration) ? ChangeCause.Expired : ChangeCause.Cancelled;
                Keep(InstanceChange.Of(ChangeOf(told, before, ++_version, ChangeKind.Removed, cause)));
            }
            else if (told.Word.Kind is ChangeKind.Added or ChangeKind.Modified)
            {
                Instance record = Make(told, before?.Number ?? ++_numbers, _version + 1);
                if (before is null || !IsSame(before, record))
                {
                    _held[KeyOf(told)] = record;
                    ChangeKind kind = before is null ? ChangeKind.Added : told.Word.Kind.Value;
                    Keep(InstanceChange.Of(ChangeOf(told, record, ++_version, kind, ChangeCause.Registered)));
                }
            }
        }
    }

    private static (string, string) KeyOf(ToldInstance told) => (ServiceName.Canonical(told.Record.Service), told.Record.Id);

    // Of a status that was set Eureka says no more than that the record is another: so all of it goes out.
    private static Change ChangeOf(ToldInstance told, Instance record, ulong version, ChangeKind kind, ChangeCause cause) =>
        new(version, record, kind, cause, Core.WriteSource.Peer, default, told.Word.UpdatedAtMs, default);

    private static bool IsSame(Instance before, Instance record) => before.UpdatedAtMs == record.UpdatedAtMs && RecordComparer.Same(before, record);

    private Instance Make(ToldInstance told, uint number, ulong version)
    {
        string name = ServiceName.Canonical(told.Record.Service);
        if (!_services.TryGetValue(name, out ServiceName? service))
        {
            _services[name] = service = new ServiceName(name);
        }

        StatusOverride? overriding = told.Override is { } status ? new StatusOverride(status, default, told.Word.UpdatedAtMs) : null;
        var facts = new InstanceFacts(
            number,
            version,
            default,
            overriding,
            told.Word.RegisteredAtMs,
            told.Record.ServiceUpAtMs ?? 0,
            told.Word.UpdatedAtMs,
            told.Word.Kind ?? ChangeKind.Added
        );
        return Instance.Restore(service, told.Record, facts);
    }

    private void Keep(in InstanceChange change)
    {
        _changes.Enqueue(change);
        if (_changes.Count > ChangesKept)
        {
            _keptFrom = _changes.Dequeue().Version;
        }
    }
}
