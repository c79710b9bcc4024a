using Rollcall.Core.Model;

namespace Rollcall.Testing.Support;

/// <summary>Registrations to start from; change one with <c>with { … }</c>.</summary>
public static class RegistrationBuilder
{
    /// <summary>The least that is accepted, on port 8080.</summary>
    public static Registration Of(string service, string id) =>
        new()
        {
            Service = service,
            Id = id,
            HostName = "host-1",
            Address = "10.0.0.1",
            Port = 8080,
            PortEnabled = true,
        };

    /// <summary>Every field set to something of its own, so that a field lost or swapped is seen.</summary>
    public static Registration Full(string service, string id) =>
        new()
        {
            Service = service,
            Id = id,
            HostName = "full.example.org",
            Address = "2001:db8::7",
            Port = 8081,
            PortEnabled = true,
            SecurePort = 8443,
            SecurePortEnabled = true,
            Vips = "orders,orders-v2",
            SecureVips = "orders-tls",
            HomePageUrl = "http://full.example.org:8081/",
            StatusPageUrl = "http://full.example.org:8081/info",
            HealthCheckUrl = "http://full.example.org:8081/health",
            SecureHealthCheckUrl = "https://full.example.org:8443/health",
            Zone = "eu-1a",
            Region = "eu-1",
            Weight = 250,
            Status = InstanceStatus.Starting,
            Override = InstanceStatus.OutOfService,
            LeaseDuration = TimeSpan.FromSeconds(45),
            RenewalInterval = TimeSpan.FromSeconds(15),
            ClientStamp = 1_700_000_000_123,
            ServiceUpAtMs = 1_700_000_000_456,
            Metadata =
            [
                KeyValuePair.Create("zone", "a"),
                KeyValuePair.Create("größe", "日本 <&>\"'"),
                KeyValuePair.Create("empty", ""),
            ],
            Attributes = [KeyValuePair.Create("eureka.asg", "asg-1"), KeyValuePair.Create("eureka.country", "1")],
        };

    /// <summary>What an owner would have to say for a record like this one.</summary>
    public static Registration Like(Instance record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new Registration
        {
            Service = record.Service.Text,
            Id = record.Id,
            HostName = record.GetText(InstanceText.HostName)!,
            Address = record.GetText(InstanceText.Address)!,
            Port = record.Port,
            PortEnabled = record.PortEnabled,
            SecurePort = record.SecurePort,
            SecurePortEnabled = record.SecurePortEnabled,
            Vips = record.GetText(InstanceText.Vips),
            SecureVips = record.GetText(InstanceText.SecureVips),
            HomePageUrl = record.GetText(InstanceText.HomePageUrl),
            StatusPageUrl = record.GetText(InstanceText.StatusPageUrl),
            HealthCheckUrl = record.GetText(InstanceText.HealthCheckUrl),
            SecureHealthCheckUrl = record.GetText(InstanceText.SecureHealthCheckUrl),
            Zone = record.GetText(InstanceText.Zone),
            Region = record.GetText(InstanceText.Region),
            Weight = record.Weight,
            Status = record.OwnStatus,
            LeaseDuration = record.LeaseDuration,
            RenewalInterval = record.RenewalInterval,
            ClientStamp = record.ClientStamp,
            Metadata = record.Metadata.ToArray(),
            Attributes = record.Attributes.ToArray(),
        };
    }

    /// <summary>What the registry added to it.</summary>
    public static InstanceFacts FactsOf(Instance record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new InstanceFacts(
            record.Number,
            record.Version,
            record.Revision,
            record.Override,
            record.RegisteredAtMs,
            record.ServiceUpAtMs,
            record.UpdatedAtMs,
            record.LastChange
        );
    }

    /// <summary><paramref name="count"/> instances <c>i-0</c>, <c>i-1</c>, … of one service.</summary>
    public static IEnumerable<Registration> Many(string service, int count, TimeSpan? lease = null, TimeSpan? interval = null) =>
        Enumerable
            .Range(0, count)
            .Select(i =>
                Of(service, $"i-{i}") with
                {
                    HostName = $"host-{i}",
                    LeaseDuration = lease,
                    RenewalInterval = interval,
                }
            );
}
