namespace Rollcall.Core.Model;

/// <summary>An operator's status for one (service, id), kept apart from the instance's own status.</summary>
/// <remarks>
/// Ends by being cleared or when the instance is cancelled. Survives expiry of the lease for
/// <see cref="RegistryOptions.OverrideLinger"/>, so that an instance that comes back is still out of service.
/// </remarks>
/// <param name="Status">The status that readers see instead of Up or OutOfService; Unknown: none, it was cleared.</param>
/// <param name="Revision">When and where it was set, in the cluster's total order.</param>
/// <param name="SetAtMs">Milliseconds since 1970 UTC, for people.</param>
public sealed record StatusOverride(InstanceStatus Status, Revision Revision, long SetAtMs)
{
    /// <summary>True if it is remembered only so that an older one, which another node may still hold, does not come back.</summary>
    public bool IsCleared => Status == InstanceStatus.Unknown;

    internal static StatusOverride Cleared(Revision revision, long atMs) => new(InstanceStatus.Unknown, revision, atMs);
}
