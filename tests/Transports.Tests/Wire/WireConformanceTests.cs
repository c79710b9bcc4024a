using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Transports.Tests.Conformance;
using Rollcall.Transports.Wire;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>The suite over the wire without sockets, one lane as over TCP.</summary>
public class WireConformanceTests : ConformanceSuite
{
    protected virtual int Lanes => 1;

    protected override IServerTransport Serve(AccessPolicy policy) => new MemoryWire(policy, lanes: Lanes);

    protected override async ValueTask<IRegistryLink> DialAsync(
        IServerTransport server,
        string? token,
        CancellationToken cancellation
    )
    {
        WireCredentials credentials = token is null ? WireCredentials.None : WireCredentials.Token(token);
        return await ((MemoryWire)server).ConnectAsync(new WireLinkOptions { Credentials = credentials }, cancellation);
    }
}

/// <summary>The suite over the wire without sockets, three lanes as over QUIC.</summary>
public sealed class WireLanesConformanceTests : WireConformanceTests
{
    protected override int Lanes => 3;
}
