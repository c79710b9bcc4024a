using Rollcall.Core.Replication;
using Rollcall.Core.Seams;

namespace Rollcall.Hosting.Clustering;

/// <summary>Keeps up with one configured peer: a node of this cluster, or a registry that is of another kind.</summary>
/// <remarks>
/// The caller guarantees: one call, cancelled when the peer is no longer configured or the host stops. The implementer: tells the
/// contact what comes of it, throws nothing but that it was cancelled.
/// </remarks>
public interface IPeerRunner
{
    /// <summary>Runs until <paramref name="stopping"/>.</summary>
    Task RunAsync(PeerContact contact, CancellationToken stopping);
}

/// <summary>A peer as configured.</summary>
/// <param name="Address">Its name among the peers, for people: without credentials.</param>
/// <param name="CreateRunner">What keeps up with it.</param>
public sealed record ConfiguredPeer(string Address, Func<ClusterHost, IPeerRunner> CreateRunner)
{
    /// <summary>A node of the cluster.</summary>
    public static ConfiguredPeer Node(IPeerDialer dialer) => new(dialer.Address, host => new LinkRunner(host, dialer));
}
