using Rollcall.Core.Model;

namespace Rollcall.Client.AspNetCore;

/// <summary>What an application registers itself as. What is absent is found out once the server has bound its addresses.</summary>
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

    /// <summary>All else: virtual addresses, metadata, weight, lease. Its names, addresses and ports do not count.</summary>
    public Func<Registration, Registration> Detail { get; init; } = registration => registration;

    /// <summary>How often the application's health checks are run for the registry.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(10);

    internal IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Service))
        {
            yield return "SelfOptions.Service is missing";
        }

        foreach ((string name, int? port) in new[] { (nameof(Port), Port), (nameof(SecurePort), SecurePort) })
        {
            if (port is < 1 or > ushort.MaxValue)
            {
                yield return $"SelfOptions.{name} = {port} is outside 1..65535";
            }
        }

        if (HealthInterval < TimeSpan.FromMilliseconds(100))
        {
            yield return $"SelfOptions.HealthInterval = {Core.DurationText.Show(HealthInterval)} is below 100ms";
        }
    }
}
