namespace Rollcall.Client.Catalogues;

/// <summary>What the catalogue has of one service, for libraries that read it once and wait for a token to read it again.</summary>
/// <remarks>
/// <para>
/// I1: a token belongs to the very list that was read with it; it ends when the catalogue has another one, so that no change between
/// reading and listening is missed.
/// </para>
/// <para>Owner: any thread; whoever makes it disposes of it. The catalogue's notices come on the thread that follows the registry.</para>
/// </remarks>
internal sealed class WatchedService : IDisposable
{
    private readonly RollcallClient _client;
    private readonly string _service;
    private readonly Lock _gate = new(); // guards the two below
    private EndpointList? _list;
    private CancellationTokenSource _changed = new();

    public WatchedService(RollcallClient client, string service)
    {
        (_client, _service) = (client, service);
        _client.CatalogueChanged += Notice;
        Notice(); // after the line above: what changes between is not missed
    }

    /// <summary>The list, null if the service is unknown; and what ends when it is another.</summary>
    public (EndpointList? List, CancellationToken Changed) Read()
    {
        lock (_gate)
        {
            return (_list, _changed.Token);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.CatalogueChanged -= Notice;

    private void Notice()
    {
        CancellationTokenSource over;
        lock (_gate)
        {
            // Read under the lock: of two notices at once the later one must not put back an older list.
            EndpointList? now = _client.Catalogue.Find(_service);
            if (ReferenceEquals(now, _list))
            {
                return;
            }

            over = _changed;
            (_list, _changed) = (now, new CancellationTokenSource());
        }

        // Whoever listens resolves again, or reloads a configuration: not on the thread that follows the registry.
        _ = over.CancelAsync();
    }
}
