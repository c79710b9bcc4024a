using System.Text;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Tests.Conformance;

/// <summary>The suite against the registry itself: what the other transports are compared with.</summary>
public sealed class MemoryConformanceTests : ConformanceSuite
{
    protected override IServerTransport Serve(AccessPolicy policy) => new MemoryTransport(policy);

    protected override ValueTask<IRegistryLink> DialAsync(IServerTransport server, string? token, CancellationToken cancellation) =>
        new(((MemoryTransport)server).Dial(Encoding.UTF8.GetBytes(token ?? "")));
}
