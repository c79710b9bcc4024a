using Rollcall.Core.Replication;

namespace Rollcall.Hosting.Clustering;

/// <summary>Keeps up with one configured peer: a node of this cluster, or a registry that is of another kind.</summary>
/// <remarks>
/// The caller guarantees: one call, ended by <paramref name="stopping"/> when the peer is no longer configured or the host stops.
/// The implementer: tells <paramref name="contact"/> what comes of it, throws nothing but that it was cancelled.
/// </remarks>
public interface IPeerRunner
{
    /// <summary>Runs until <paramref name="stopping"/>.</summary>
    Task RunAsync(PeerContact contact, CancellationToken stopping);
}
