using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;
using Rollcall.Client.Catalogues;
using LibraryEndpoint = Microsoft.Extensions.ServiceDiscovery.ServiceEndpoint;

namespace Rollcall.Client.ServiceDiscovery;

/// <summary>The endpoints of one name, as the catalogue has them.</summary>
/// <remarks>
/// <para>
/// Never waits and never throws. A service that is unknown, or of which nothing can be called, gets no endpoint here: the providers after
/// this one go on, and it is asked again when the catalogue has something else to say.
/// </para>
/// <para>
/// The library does not look again while one token of many can fire, so there is always one of this catalogue where this catalogue
/// was asked.
/// </para>
/// <para>Owner: one watcher of the library, which disposes of it.</para>
/// </remarks>
internal sealed class CatalogueEndpointProvider : IServiceEndpointProvider, IHostNameFeature
{
    private readonly RollcallClient _client;
    private readonly string _service;
    private readonly WatchedService _watched;
    private readonly EndpointSchemes _schemes;
    private readonly Func<LibraryEndpoint, bool> _shouldApplyHostName;

    public CatalogueEndpointProvider(
        RollcallClient client,
        string service,
        EndpointSchemes schemes,
        Func<LibraryEndpoint, bool> shouldApplyHostName
    )
    {
        (_client, _service, _schemes, _shouldApplyHostName) = (client, service, schemes, shouldApplyHostName);
        _watched = new WatchedService(client, service);
    }

    string IHostNameFeature.HostName => _service;

    public ValueTask PopulateAsync(IServiceEndpointBuilder endpoints, CancellationToken cancellationToken)
    {
        if (endpoints.Endpoints.Count > 0)
        {
            // Who answered has the say on when to ask again: a token from here would end the library's looking again for him.
            return ValueTask.CompletedTask;
        }

        (EndpointList? list, CancellationToken changed) = _watched.Read();
        endpoints.AddChangeToken(new CancellationChangeToken(changed));
        foreach (Uri address in list is null ? [] : _schemes.Select(_client.Candidates(list)))
        {
            endpoints.Endpoints.Add(EndpointAt(address));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _watched.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>For the library's log.</summary>
    public override string ToString() => "Rollcall";

    private LibraryEndpoint EndpointAt(Uri address)
    {
        var endpoint = LibraryEndpoint.Create(new UriEndPoint(address));
        endpoint.Features.Set<IServiceEndpointProvider>(this);
        if (_shouldApplyHostName(endpoint))
        {
            endpoint.Features.Set<IHostNameFeature>(this);
        }

        return endpoint;
    }
}
