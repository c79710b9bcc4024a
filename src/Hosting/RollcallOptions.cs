using Rollcall.Configuration;
using Rollcall.Core;
using Rollcall.Hosting.Clustering;

namespace Rollcall.Hosting;

/// <summary>What an application decides about the registry that it hosts.</summary>
public sealed class RollcallOptions
{
    /// <summary>Limits and durations of the core: <c>options.Registry = options.Registry with { … }</c> changes them.</summary>
    public RegistryOptions Registry { get; set; } = new();

    /// <summary>Where the other nodes of its cluster are.</summary>
    internal PeerList Peers { get; } = new();

    /// <summary>What was wrong with the section these options were bound from; reported when the host starts.</summary>
    internal List<ConfigurationProblem> Problems { get; } = [];
}
