using Rollcall.Core.Replication;
using Rollcall.Hosting.Clustering;
using Rollcall.Transports.Http;
using Rollcall.Transports.Http.Peering;

namespace Rollcall.Server.Clustering;

/// <summary>Keeps up with one configured Eureka server.</summary>
/// <param name="host">The cluster.</param>
/// <param name="mesh">All Eureka servers of this node.</param>
/// <param name="address">Where it is.</param>
/// <param name="options">How to reach it.</param>
/// <param name="isSelf">True if that is where this node itself listens: then it is no peer.</param>
internal sealed class EurekaRunner(ClusterHost host, JavaMesh mesh, PeerAddress address, EurekaPeerOptions options, bool isSelf) : IPeerRunner
{
    public Task RunAsync(PeerContact contact, CancellationToken stopping)
    {
        if (isSelf)
        {
            contact.IsSelf(host.Node.Registry.NodeId, host.Node.Registry.Now);
            host.Say(contact.View);
            host.LookAround();
            return Task.CompletedTask;
        }

        return EurekaAddress.TryParse(address.Uri, out EurekaAddress? at, out string? problem)
            ? EurekaPeer.RunAsync(mesh, contact, at, options, host.Say, stopping)
            : throw new InvalidOperationException(problem);
    }
}
