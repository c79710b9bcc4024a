using System.Globalization;

namespace Rollcall.Testing.Support.Clients;

/// <summary>An instance as a client holds it. Null: the document does not show it, or the client does not read it.</summary>
public sealed record ClientInstance
{
    /// <summary>instanceId.</summary>
    public string? Id { get; init; }

    /// <summary>app.</summary>
    public string? App { get; init; }

    /// <summary>appGroupName.</summary>
    public string? Group { get; init; }

    /// <summary>hostName.</summary>
    public string? Host { get; init; }

    /// <summary>ipAddr.</summary>
    public string? Ip { get; init; }

    /// <summary>status.</summary>
    public string? Status { get; init; }

    /// <summary>overriddenStatus, either spelling.</summary>
    public string? Override { get; init; }

    /// <summary>port.</summary>
    public int? Port { get; init; }

    /// <summary>port's enabled.</summary>
    public bool? PortEnabled { get; init; }

    /// <summary>securePort.</summary>
    public int? SecurePort { get; init; }

    /// <summary>securePort's enabled.</summary>
    public bool? SecurePortEnabled { get; init; }

    /// <summary>countryId.</summary>
    public long? Country { get; init; }

    /// <summary>sid.</summary>
    public string? Sid { get; init; }

    /// <summary>dataCenterInfo's name.</summary>
    public string? DataCenter { get; init; }

    /// <summary>dataCenterInfo's metadata, of Amazon only.</summary>
    public IReadOnlyDictionary<string, string?>? DataCenterMetadata { get; init; }

    /// <summary>leaseInfo.</summary>
    public ClientLease? Lease { get; init; }

    /// <summary>metadata, without the marker of the empty map where the client knows it.</summary>
    public IReadOnlyDictionary<string, string?>? Metadata { get; init; }

    /// <summary>homePageUrl.</summary>
    public string? HomePageUrl { get; init; }

    /// <summary>statusPageUrl.</summary>
    public string? StatusPageUrl { get; init; }

    /// <summary>healthCheckUrl.</summary>
    public string? HealthCheckUrl { get; init; }

    /// <summary>secureHealthCheckUrl.</summary>
    public string? SecureHealthCheckUrl { get; init; }

    /// <summary>vipAddress.</summary>
    public string? Vip { get; init; }

    /// <summary>secureVipAddress.</summary>
    public string? SecureVip { get; init; }

    /// <summary>isCoordinatingDiscoveryServer.</summary>
    public bool? Coordinating { get; init; }

    /// <summary>lastUpdatedTimestamp.</summary>
    public long? LastUpdatedMs { get; init; }

    /// <summary>lastDirtyTimestamp.</summary>
    public long? LastDirtyMs { get; init; }

    /// <summary>actionType.</summary>
    public string? Action { get; init; }

    /// <summary>asgName.</summary>
    public string? Asg { get; init; }

    /// <summary>
    /// Every member by name, as text for comparison. Absent and empty are the same: Go and Java disagree about them.
    /// </summary>
    public static IReadOnlyDictionary<string, Func<ClientInstance, string>> Members { get; } =
        new Dictionary<string, Func<ClientInstance, string>>
        {
            [nameof(Id)] = i => i.Id ?? "",
            [nameof(App)] = i => i.App ?? "",
            [nameof(Group)] = i => i.Group ?? "",
            [nameof(Host)] = i => i.Host ?? "",
            [nameof(Ip)] = i => i.Ip ?? "",
            [nameof(Status)] = i => i.Status ?? "",
            [nameof(Override)] = i => i.Override ?? "",
            [nameof(Port)] = i => Text(i.Port),
            [nameof(PortEnabled)] = i => Text(i.PortEnabled),
            [nameof(SecurePort)] = i => Text(i.SecurePort),
            [nameof(SecurePortEnabled)] = i => Text(i.SecurePortEnabled),
            [nameof(Country)] = i => Text(i.Country),
            [nameof(Sid)] = i => i.Sid ?? "",
            [nameof(DataCenter)] = i => i.DataCenter ?? "",
            [nameof(DataCenterMetadata)] = i => Text(i.DataCenterMetadata),
            [nameof(Lease)] = i => i.Lease is { } l ? $"{l.DurationSeconds} s, renewed every {l.RenewalSeconds} s" : "",
            [nameof(Metadata)] = i => Text(i.Metadata),
            [nameof(HomePageUrl)] = i => i.HomePageUrl ?? "",
            [nameof(StatusPageUrl)] = i => i.StatusPageUrl ?? "",
            [nameof(HealthCheckUrl)] = i => i.HealthCheckUrl ?? "",
            [nameof(SecureHealthCheckUrl)] = i => i.SecureHealthCheckUrl ?? "",
            [nameof(Vip)] = i => i.Vip ?? "",
            [nameof(SecureVip)] = i => i.SecureVip ?? "",
            [nameof(Coordinating)] = i => Text(i.Coordinating ?? false),
            [nameof(LastUpdatedMs)] = i => Text(i.LastUpdatedMs),
            [nameof(LastDirtyMs)] = i => Text(i.LastDirtyMs),
            [nameof(Action)] = i => i.Action ?? "",
            [nameof(Asg)] = i => i.Asg ?? "",
        };

    private static string Text<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";

    private static string Text(bool? value) => value?.ToString() ?? "";

    private static string Text(IReadOnlyDictionary<string, string?>? map) =>
        map is null ? "" : string.Join('\n', map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key} = {p.Value}"));
}
