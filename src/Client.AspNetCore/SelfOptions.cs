using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Model;

namespace Rollcall.Client.AspNetCore;

/// <summary>
/// What an application registers itself as. What is absent is found out once the server has bound its addresses. Zone and region are
/// those of <see cref="ClientOptions"/>.
/// </summary>
public sealed record SelfOptions
{
    /// <summary>Name of the service.</summary>
    public required string Service { get; init; }

    /// <summary>Id; null: machine name, service and port, which is the same after a restart.</summary>
    public string? Id { get; init; }

    /// <summary>Host name to reach the instance by; null: its address. No name is ever looked up for it.</summary>
    public string? HostName { get; init; }

    /// <summary>Address to reach the instance by; null: the local address of the route to the registry.</summary>
    public string? Address { get; init; }

    /// <summary>Port without TLS that others reach it by, if it is another than the one bound (containers).</summary>
    public int? Port { get; init; }

    /// <summary>Port with TLS that others reach it by, if it is another than the one bound.</summary>
    public int? SecurePort { get; init; }

    /// <summary>Virtual addresses, with commas between; null: the name of the service, by which Eureka's clients look it up.</summary>
    public string? Vips { get; init; }

    /// <summary>Virtual addresses for TLS, with commas between; null: the name of the service, if it has a port with TLS.</summary>
    public string? SecureVips { get; init; }

    /// <summary>Share of the traffic relative to its peers.</summary>
    public int Weight { get; init; } = 100;

    /// <summary>How long the lease lasts after a renewal; null: what the registry gives.</summary>
    public TimeSpan? LeaseDuration { get; init; }

    /// <summary>How often the lease is renewed; null: a third of it.</summary>
    public TimeSpan? RenewalInterval { get; init; }

    /// <summary>Page for people.</summary>
    public string? HomePageUrl { get; init; }

    /// <summary>Page with build and status.</summary>
    public string? StatusPageUrl { get; init; }

    /// <summary>Health check, for those who ask the instance itself.</summary>
    public string? HealthCheckUrl { get; init; }

    /// <summary>Pairs of the application's own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>How often the application's health checks are run for the registry.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The range of every option that has one, by name: the one place that knows. Limits of texts are the registry's.</summary>
    public static IReadOnlyList<OptionRule<SelfOptions>> Rules { get; } =
    [
        new("Service", o => o.Service, "a name", o => !string.IsNullOrWhiteSpace(o.Service)),
        new("Port", o => Shown(o.Port), "1..65535, or absent", o => o.Port is null or (>= 1 and <= ushort.MaxValue)),
        new("SecurePort", o => Shown(o.SecurePort), "1..65535, or absent", o => o.SecurePort is null or (>= 1 and <= ushort.MaxValue)),
        new("Weight", o => o.Weight, 0, ushort.MaxValue, "parts"),
        new("LeaseDuration", o => Shown(o.LeaseDuration), "1s or more, or absent", o => IsLong(o.LeaseDuration)),
        new("RenewalInterval", o => Shown(o.RenewalInterval), "1s or more, or absent", o => IsLong(o.RenewalInterval)),
        new("HealthInterval", o => o.HealthInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
    ];

    /// <summary>All that is wrong with these options, at once; empty if they are good.</summary>
    public IReadOnlyList<OptionProblem> Validate() => Rules.Check(this);

    /// <summary>The record to register, once it is known where the instance can be reached.</summary>
    internal Registration At(string id, string address, int port, int securePort) =>
        new()
        {
            Service = Service,
            Id = id,
            HostName = HostName ?? address,
            Address = address,
            Port = port,
            PortEnabled = port != 0,
            SecurePort = securePort,
            SecurePortEnabled = securePort != 0,
            Vips = Vips ?? Service,
            SecureVips = SecureVips ?? (securePort != 0 ? Service : null),
            Weight = Weight,
            LeaseDuration = LeaseDuration,
            RenewalInterval = RenewalInterval,
            HomePageUrl = HomePageUrl,
            StatusPageUrl = StatusPageUrl,
            HealthCheckUrl = HealthCheckUrl,
            Metadata = Metadata,
        };

    private static bool IsLong(TimeSpan? duration) => duration is null || duration >= TimeSpan.FromSeconds(1);

    private static string Shown(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Shown(TimeSpan? duration) => duration is { } span ? DurationText.Show(span) : "";
}
