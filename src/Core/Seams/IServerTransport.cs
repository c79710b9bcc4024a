namespace Rollcall.Core.Seams;

/// <summary>Brings a registry to callers over one protocol.</summary>
/// <remarks>
/// <para>
/// The caller guarantees: <see cref="StartAsync"/> once, then <see cref="StopAsync"/> once, also if start failed; the registry
/// outlives the transport.
/// </para>
/// <para>
/// The implementer: listens when start returns; throws <see cref="TransportStartException"/> with one readable line if it cannot;
/// after stop answers nothing and holds no socket. Calls the registry from as many threads as it likes.
/// </para>
/// </remarks>
public interface IServerTransport : IAsyncDisposable
{
    /// <summary>Short lower-case name for logs and metrics: <c>http</c>, <c>tcp</c>, <c>quic</c>.</summary>
    string Name { get; }

    /// <summary>Where it listens, with the port that was bound; empty before start.</summary>
    IReadOnlyList<string> Addresses { get; }

    /// <summary>Starts to listen.</summary>
    Task StartAsync(RegistryService registry, CancellationToken cancellation);

    /// <summary>Stops listening, lets requests in flight end within <paramref name="cancellation"/>.</summary>
    Task StopAsync(CancellationToken cancellation);
}
