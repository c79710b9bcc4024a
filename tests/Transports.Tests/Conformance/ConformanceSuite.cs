using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

/// <summary>What every transport must do, through <see cref="IServerTransport"/> and <see cref="IRegistryLink"/>.</summary>
/// <remarks>
/// <para>
/// A subclass says how to make the server's end and how to open a link to it. Each test starts a server of its own; the registry's
/// clock moves by hand. What a test expects it takes from the registry itself.
/// </para>
/// <para>A difference between transports is decided by the contract in <see cref="IRegistryLink"/>; where that is silent, it is to be mended there.</para>
/// </remarks>
public abstract partial class ConformanceSuite
{
    /// <summary>A transport that will listen on any free port of loopback.</summary>
    protected abstract IServerTransport Serve(AccessPolicy policy);

    /// <summary>A link to a transport that was started; <paramref name="token"/> is the caller's credential, if it has one.</summary>
    /// <exception cref="LinkException">It cannot be opened.</exception>
    protected abstract ValueTask<IRegistryLink> DialAsync(IServerTransport server, string? token, CancellationToken cancellation);

    private async Task<Venue> OpenAsync(RegistryOptions? options = null, AccessPolicy? policy = null)
    {
        var under = new SteppedRegistry(options ?? SteppedRegistry.Options);
        IServerTransport server = Serve(policy ?? AccessPolicy.Open);
        await server.StartAsync(under.Registry, CancellationToken.None);
        return new Venue(under, server, DialAsync, new CancellationTokenSource(Venue.Patience));
    }
}
