using System.Collections.Immutable;
using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;

namespace Rollcall.Core.Snapshots;

/// <summary>The whole registry at one version: immutable, read without a lock, shared by all readers.</summary>
/// <remarks>Full content, counts and the changes that led here are views of the one version and cannot disagree.</remarks>
public sealed class RegistrySnapshot : RegistryContent
{
    private readonly ImmutableDictionary<string, ServiceEntry> _services;
    private readonly ImmutableDictionary<string, ImmutableSortedSet<string>> _vips;
    private readonly ImmutableDictionary<string, ImmutableSortedSet<string>> _secureVips;

    internal RegistrySnapshot(
        ulong version,
        SnapshotNode? root,
        ImmutableDictionary<string, ServiceEntry> services,
        ImmutableDictionary<string, ImmutableSortedSet<string>> vips,
        ImmutableDictionary<string, ImmutableSortedSet<string>> secureVips,
        StatusCounts counts
    )
        : base(version, root, counts)
    {
        _services = services;
        _vips = vips;
        _secureVips = secureVips;
    }

    /// <summary>Number of services with an instance.</summary>
    public int ServiceCount => _services.Count;

    internal static RegistrySnapshot Empty { get; } =
        new(
            0,
            null,
            ImmutableDictionary.Create<string, ServiceEntry>(StringComparer.Ordinal),
            ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal),
            ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal),
            default
        );

    /// <summary>The services, by name. Cost: O(services), sorts.</summary>
    public IEnumerable<ServiceEntry> Services() => _services.Values.OrderBy(service => service.Name.Text, Utf8Order.Instance);

    /// <summary>A service, its name in any case; null if it has no instance.</summary>
    public ServiceEntry? Service(string name) => _services.GetValueOrDefault(ServiceName.Canonical(name));

    /// <summary>The instances of a service, its name in any case, by id; empty if it has none.</summary>
    public IEnumerable<Instance> InstancesOf(string service)
    {
        if (Service(service) is not { } entry)
        {
            yield break;
        }

        foreach (SnapshotBlock block in SnapshotTree.BlocksFrom(Root, entry.Name))
        {
            foreach (Instance record in block.Records)
            {
                int order = record.Service.CompareTo(entry.Name);
                if (order > 0)
                {
                    yield break;
                }

                if (order == 0)
                {
                    yield return record;
                }
            }
        }
    }

    /// <summary>
    /// The instances one of whose virtual addresses is <paramref name="vip"/>, compared exactly, by service and id. Cost:
    /// O(instances of the services that use the address).
    /// </summary>
    public IEnumerable<Instance> InstancesOfVip(string vip, bool secure)
    {
        if (Vip(vip, secure) is not { } entry)
        {
            yield break;
        }

        byte[] sought = Encoding.UTF8.GetBytes(vip);
        InstanceText field = secure ? InstanceText.SecureVips : InstanceText.Vips;
        foreach (string service in entry.Services)
        {
            foreach (Instance record in InstancesOf(service))
            {
                if (VipList.Contains(record.Utf8(field), sought))
                {
                    yield return record;
                }
            }
        }
    }

    /// <summary>The instances that a filter selects, each once, by service and id.</summary>
    public IEnumerable<Instance> Select(InstanceFilter filter) =>
        filter.Kind switch
        {
            FilterKind.All => Instances(),
            FilterKind.Services => filter.Names.SelectMany(InstancesOf),
            _ => filter
                .Names.SelectMany(vip => Vip(vip, filter.Kind == FilterKind.SecureVips)?.Services ?? [])
                .Distinct()
                .Order(Utf8Order.Instance)
                .SelectMany(InstancesOf)
                .Where(filter.Selects),
        };

    /// <summary>True if an instance has a virtual address, compared exactly.</summary>
    public bool HasVip(string vip, bool secure) => (secure ? _secureVips : _vips).ContainsKey(vip);

    /// <summary>One instance; null if it is not there.</summary>
    public Instance? Find(InstanceKey key) =>
        Service(Encoding.UTF8.GetString(key.Service)) is { } entry ? SnapshotTree.Find(Root, entry.Name, key.Id) : null;

    /// <summary>The services that use a virtual address; null if none does. Cost: O(those services).</summary>
    internal VipEntry? Vip(string vip, bool secure) =>
        (secure ? _secureVips : _vips).TryGetValue(vip, out ImmutableSortedSet<string>? services)
            ? new VipEntry(services, services.Max(service => _services[service].Version))
            : null;

    internal SnapshotEdit Edit(VipUses uses) => new(_services.ToBuilder(), _vips.ToBuilder(), _secureVips.ToBuilder(), uses, Counts);
}

/// <summary>A service as of one version: replaced by a new object whenever one of its instances changes.</summary>
/// <param name="Name">Canonical name.</param>
/// <param name="Count">Instances.</param>
/// <param name="Version">Version of the registry at which one of its instances changed last.</param>
public sealed record ServiceEntry(ServiceName Name, int Count, ulong Version);

/// <summary>The services that use a virtual address, as of one version. Two are equal if no instance of these services changed between.</summary>
/// <param name="Services">Canonical names, in order.</param>
/// <param name="Version">Version of the registry at which one of their instances changed last.</param>
internal readonly record struct VipEntry(ImmutableSortedSet<string> Services, ulong Version);

/// <summary>The indexes of a snapshot while a batch of edits is applied to them.</summary>
internal sealed class SnapshotEdit(
    ImmutableDictionary<string, ServiceEntry>.Builder services,
    ImmutableDictionary<string, ImmutableSortedSet<string>>.Builder vips,
    ImmutableDictionary<string, ImmutableSortedSet<string>>.Builder secureVips,
    VipUses uses,
    StatusCounts counts
)
{
    private static readonly ImmutableSortedSet<string> s_noServices = ImmutableSortedSet.Create<string>(Utf8Order.Instance);

    private StatusCounts _counts = counts;

    /// <summary>Takes one edit into the indexes.</summary>
    public void Apply(in TreeEdit edit, ulong version)
    {
        Instance? before = edit.Replaced;
        Instance? after = edit.Removed ? null : edit.Record;
        if (before is null && after is null)
        {
            return;
        }

        if (before is not null)
        {
            _counts.Add(before.Status, -1);
        }

        if (after is not null)
        {
            _counts.Add(after.Status, 1);
        }

        if (before is null || after is null || !before.HasTextOf(after))
        {
            CountVips(before, after, secure: false);
            CountVips(before, after, secure: true);
        }

        CountInstances(edit.Record.Service, (after is null ? 0 : 1) - (before is null ? 0 : 1), version);
    }

    public RegistrySnapshot ToSnapshot(ulong version, SnapshotNode? root) =>
        new(version, root, services.ToImmutable(), vips.ToImmutable(), secureVips.ToImmutable(), _counts);

    private void CountInstances(ServiceName name, int delta, ulong version)
    {
        ServiceEntry entry = services.GetValueOrDefault(name.Text) ?? new ServiceEntry(name, 0, version);
        int count = entry.Count + delta;
        if (count == 0)
        {
            services.Remove(name.Text);
        }
        else
        {
            services[name.Text] = entry with { Count = count, Version = version };
        }
    }

    private void CountVips(Instance? before, Instance? after, bool secure)
    {
        InstanceText field = secure ? InstanceText.SecureVips : InstanceText.Vips;
        ImmutableDictionary<string, ImmutableSortedSet<string>>.Builder index = secure ? secureVips : vips;
        foreach (string vip in VipList.Distinct(after?.GetText(field)))
        {
            if (uses.Add(vip, secure, after!.Service.Text))
            {
                index[vip] = index.GetValueOrDefault(vip, s_noServices).Add(after.Service.Text);
            }
        }

        foreach (string vip in VipList.Distinct(before?.GetText(field)))
        {
            if (uses.Remove(vip, secure, before!.Service.Text))
            {
                Leave(index, vip, before.Service.Text);
            }
        }
    }

    private static void Leave(ImmutableDictionary<string, ImmutableSortedSet<string>>.Builder index, string vip, string service)
    {
        ImmutableSortedSet<string> left = index[vip].Remove(service);
        if (left.IsEmpty)
        {
            index.Remove(vip);
        }
        else
        {
            index[vip] = left;
        }
    }
}

/// <summary>A list of virtual addresses as owners send it: separated by commas, compared exactly, without trimming.</summary>
internal static class VipList
{
    public static IEnumerable<string> Distinct(string? list) =>
        string.IsNullOrEmpty(list) ? [] : list.Contains(',') ? list.Split(',').Where(vip => vip.Length > 0).Distinct() : [list];

    public static bool Contains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> vip)
    {
        foreach (Range part in list.Split((byte)','))
        {
            if (list[part].SequenceEqual(vip))
            {
                return true;
            }
        }

        return false;
    }
}
