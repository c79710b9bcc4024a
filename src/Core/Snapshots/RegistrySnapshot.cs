using Rollcall.Core.Model;

namespace Rollcall.Core.Snapshots;

/// <summary>The whole registry at one version: immutable, read without a lock.</summary>
public sealed class RegistrySnapshot
{
    /// <summary>Version of the registry.</summary>
    public ulong Version => throw new NotImplementedException();

    /// <summary>Instances by status.</summary>
    public StatusCounts Counts => throw new NotImplementedException();

    /// <summary>Number of instances.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>Number of services.</summary>
    public int ServiceCount => throw new NotImplementedException();

    /// <summary>All instances, by service name, then id, in the order of their UTF-8 bytes.</summary>
    public IEnumerable<Instance> Instances() => throw new NotImplementedException();

    /// <summary>The services, by name.</summary>
    public IEnumerable<ServiceEntry> Services() => throw new NotImplementedException();

    /// <summary>A service; null if it has no instance.</summary>
    public ServiceEntry? Service(string name) => throw new NotImplementedException();

    /// <summary>The instances of a service by id; empty if it has none.</summary>
    public IEnumerable<Instance> InstancesOf(string service) => throw new NotImplementedException();

    /// <summary>The instances with a virtual address, compared exactly.</summary>
    public IEnumerable<Instance> InstancesOfVip(string vip, bool secure) => throw new NotImplementedException();

    /// <summary>One instance; null if it is not there.</summary>
    public Instance? Find(InstanceKey key) => throw new NotImplementedException();
}

/// <summary>A service as of one version: replaced by a new object whenever one of its instances changes.</summary>
/// <param name="Name">Canonical name.</param>
/// <param name="Count">Instances.</param>
/// <param name="Version">Version of the registry at which one of its instances changed last.</param>
public sealed record ServiceEntry(ServiceName Name, int Count, ulong Version);
