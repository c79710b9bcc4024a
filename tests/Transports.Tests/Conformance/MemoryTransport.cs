using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Tests.Conformance;

/// <summary>The transport without a protocol: hands out <see cref="EmbeddedLink"/>s, and closes them when it stops.</summary>
internal sealed class MemoryTransport(AccessPolicy policy) : IServerTransport
{
    private readonly List<EmbeddedLink> _links = []; // also its lock
    private RegistryService? _registry;

    public string Name => "memory";

    public IReadOnlyList<string> Addresses => _registry is null ? [] : ["embedded"];

    public Task StartAsync(RegistryService registry, CancellationToken cancellation)
    {
        _registry = registry;
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellation)
    {
        _registry = null;
        foreach (EmbeddedLink link in Links())
        {
            await link.DisposeAsync();
        }
    }

    public EmbeddedLink Dial(ReadOnlySpan<byte> token)
    {
        if (_registry is not { } registry)
        {
            throw new LinkException(LinkFailure.Unreachable, "The transport is not started.");
        }

        Principal principal = token.IsEmpty
            ? policy.WithoutCredentials
            : policy.ByToken(token) ?? throw new LinkException(LinkFailure.NotAuthenticated, "The token is not known.");
        var link = new EmbeddedLink(registry, principal);
        lock (_links)
        {
            _links.Add(link);
        }

        return link;
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private EmbeddedLink[] Links()
    {
        lock (_links)
        {
            return [.. _links];
        }
    }
}
