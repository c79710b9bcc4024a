using System.Collections.Concurrent;
using Rollcall.Core.Model;

namespace Rollcall.Bench.Fleet;

/// <summary>Control: a registry as one would write it first, an object of strings for each instance under two levels of dictionaries.</summary>
internal sealed class NaiveRegistry
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, NaiveInstance>> _services = new();

    public int Count => _services.Values.Sum(service => service.Count);

    public void Register(Registration from) =>
        _services.GetOrAdd(from.Service, static _ => new(concurrencyLevel: 1, capacity: 31))[from.Id] = new NaiveInstance(from);

    /// <summary>What a reader of JSON makes: each string its own, as each request brings it.</summary>
    private sealed class NaiveInstance(Registration from)
    {
        public string Id { get; } = from.Id;

        public string Service { get; } = from.Service;

        public string HostName { get; } = from.HostName;

        public string Address { get; } = from.Address;

        public string Status { get; } = string.Concat("U", from.Status == InstanceStatus.Up ? "P" : "NKNOWN");

        public int Port { get; } = from.Port;

        public int SecurePort { get; } = from.SecurePort;

        public bool PortEnabled { get; } = from.PortEnabled;

        public bool SecurePortEnabled { get; } = from.SecurePortEnabled;

        public string? Vips { get; } = Own(from.Vips);

        public string? SecureVips { get; } = Own(from.SecureVips);

        public string? HomePageUrl { get; } = from.HomePageUrl;

        public string? StatusPageUrl { get; } = from.StatusPageUrl;

        public string? HealthCheckUrl { get; } = from.HealthCheckUrl;

        public Dictionary<string, string> Metadata { get; } = from.Metadata.ToDictionary(p => Own(p.Key)!, p => Own(p.Value)!);

        public long ClientStamp { get; } = from.ClientStamp ?? 0;

        public NaiveLease Lease { get; } = new();

        private static string? Own(string? text) => text is null ? null : new string(text.AsSpan());
    }

    private sealed class NaiveLease
    {
        public DateTimeOffset RegisteredAt { get; set; }

        public DateTimeOffset RenewedAt { get; set; }

        public TimeSpan Duration { get; set; }
    }
}
