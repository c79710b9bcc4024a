using Rollcall.Core.Model;

namespace Rollcall.Core.Regions;

/// <summary>What is known of another region's registry, and how fresh it is.</summary>
/// <param name="Version">The remote registry's version; <see cref="RegistryVersion.None"/>: it was never heard.</param>
/// <param name="Instances">What it held then, of what is allowed; in no order.</param>
/// <param name="Age">How long ago it was heard; null: never.</param>
/// <param name="Server">Who is followed now; null: nobody can be reached, and the copy stays as it is.</param>
/// <param name="Problem">Why nobody is followed: for people, without secrets.</param>
public sealed record RegionCopy(RegistryVersion Version, IReadOnlyList<Instance> Instances, TimeSpan? Age, string? Server, string? Problem)
{
    /// <summary>True if it was heard at least once.</summary>
    public bool IsKnown => Version != RegistryVersion.None;
}
