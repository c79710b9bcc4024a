namespace Rollcall.Core.Model;

/// <summary>What an owner says about its instance when it registers. Input only: the registry keeps an <see cref="Instance"/>.</summary>
/// <remarks>
/// Absent text is <see langword="null"/>. Limits are those of <see cref="RegistryOptions"/>; a registration outside them is
/// refused whole with the reason, and changes nothing.
/// </remarks>
public sealed record Registration
{
    /// <summary>Service name in any case.</summary>
    public required string Service { get; init; }

    /// <summary>Id, unique within the service, compared with case.</summary>
    public required string Id { get; init; }

    /// <summary>Host name to reach the instance by.</summary>
    public required string HostName { get; init; }

    /// <summary>IP address to reach the instance by.</summary>
    public required string Address { get; init; }

    /// <summary>Plain port, 1..65535; 0 is allowed only while <see cref="PortEnabled"/> is false.</summary>
    public int Port { get; init; }

    /// <summary>True if callers may use <see cref="Port"/>.</summary>
    public bool PortEnabled { get; init; }

    /// <summary>TLS port, 1..65535; 0 is allowed only while <see cref="SecurePortEnabled"/> is false.</summary>
    public int SecurePort { get; init; }

    /// <summary>True if callers may use <see cref="SecurePort"/>.</summary>
    public bool SecurePortEnabled { get; init; }

    /// <summary>Virtual addresses, separated by commas.</summary>
    public string? Vips { get; init; }

    /// <summary>Virtual addresses for TLS, separated by commas.</summary>
    public string? SecureVips { get; init; }

    /// <summary>Page for people.</summary>
    public string? HomePageUrl { get; init; }

    /// <summary>Page with build and status.</summary>
    public string? StatusPageUrl { get; init; }

    /// <summary>Health check.</summary>
    public string? HealthCheckUrl { get; init; }

    /// <summary>Health check over TLS.</summary>
    public string? SecureHealthCheckUrl { get; init; }

    /// <summary>Data centre zone, for callers that prefer theirs.</summary>
    public string? Zone { get; init; }

    /// <summary>Region.</summary>
    public string? Region { get; init; }

    /// <summary>Share of the traffic relative to its peers, 0..65535.</summary>
    public int Weight { get; init; } = 100;

    /// <summary>The owner's own word on its status.</summary>
    public InstanceStatus Status { get; init; } = InstanceStatus.Up;

    /// <summary>An override carried by the record. Counts only if the record comes from a peer.</summary>
    public InstanceStatus? Override { get; init; }

    /// <summary>How long the lease lasts after a renewal; absent: <see cref="RegistryOptions.LeaseDurationDefault"/>.</summary>
    public TimeSpan? LeaseDuration { get; init; }

    /// <summary>
    /// How often the owner means to renew; absent: <see cref="RegistryOptions.RenewalIntervalDefault"/>. Kept as declared; one that
    /// is not shorter than the lease is taken for a third of it when a missed renewal is judged.
    /// </summary>
    public TimeSpan? RenewalInterval { get; init; }

    /// <summary>The owner's opaque version of this record (Eureka: lastDirtyTimestamp); absent: the time of acceptance.</summary>
    public long? ClientStamp { get; init; }

    /// <summary>When the owner first was Up, in milliseconds since 1970, if a peer's record says so.</summary>
    public long? ServiceUpAtMs { get; init; }

    /// <summary>The owner's key/value pairs, in order. Keys are unique.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>Pairs that only the adapter of the format they came in understands; kept and given back unchanged.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; } = [];

    /// <summary>Why a registry with these limits would refuse it; null if it would not. For links that must not send what the other side cannot hold.</summary>
    public RegistryError? Check(RegistryOptions limits) => RegistrationRule.Check(this, limits);
}
