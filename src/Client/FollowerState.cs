using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Client;

/// <summary>How a <see cref="RegistryFollower"/> stands, at one moment.</summary>
/// <param name="Version">The version that the copy has; <see cref="RegistryVersion.None"/> before the first update.</param>
/// <param name="Address">Of the link that brings updates; null while there is none, and the copy may be out of date.</param>
/// <param name="Problem">Why the last link was lost, or could not be opened; null once an update has come since.</param>
public sealed record FollowerState(RegistryVersion Version, string? Address, LinkException? Problem)
{
    /// <summary>Nothing has come yet.</summary>
    internal static FollowerState Initial { get; } = new(RegistryVersion.None, null, null);

    /// <summary>True if updates arrive as they happen.</summary>
    public bool IsFollowing => Address is not null;
}

/// <summary>What the registry held, at one version.</summary>
/// <param name="Version">The version.</param>
/// <param name="Instances">What the filter selects, in no order.</param>
public sealed record RegistryCopy(RegistryVersion Version, IReadOnlyList<Instance> Instances);
