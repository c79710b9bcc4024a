using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Rollcall.Core.Model;

namespace Rollcall.Client.AspNetCore;

/// <summary>Decides what address and ports are registered. Pure: what is bound and what the routes are is given.</summary>
/// <remarks>
/// Order: what the application says; else an address that the server is bound to by itself; else, where it listens on all of them, the
/// local address of the route to the registry, which is one that the registry's side can reach. Never port 0, never a name looked up.
/// </remarks>
internal static class SelfAddress
{
    /// <summary>What to register, and why; the registration is null if there is nothing to reach.</summary>
    /// <param name="self">What the application says.</param>
    /// <param name="bound">Addresses as the server has bound them: <c>http://[::]:5000</c>.</param>
    /// <param name="route">Local address of the route to the registry; null: there is none.</param>
    /// <param name="machine">Name of this machine, for the id.</param>
    public static (Registration? Registration, string Reason) Choose(SelfOptions self, IEnumerable<string> bound, IPAddress? route, string machine)
    {
        List<string> rejected = [];
        (int Port, string Host)? plain = null;
        (int Port, string Host)? secure = null;
        foreach (string address in bound)
        {
            BindingAddress binding = BindingAddress.Parse(address);
            bool isSecure = string.Equals(binding.Scheme, "https", StringComparison.OrdinalIgnoreCase);
            if (binding.IsUnixPipe || binding.IsNamedPipe || binding.Port == 0)
            {
                rejected.Add($"{address} (no port that others can reach)");
            }
            else if ((isSecure ? secure : plain) is not null)
            {
                rejected.Add($"{address} (one of its scheme is taken)");
            }
            else if (isSecure)
            {
                secure = (binding.Port, binding.Host);
            }
            else
            {
                plain = (binding.Port, binding.Host);
            }
        }

        int port = self.Port ?? plain?.Port ?? 0;
        int securePort = self.SecurePort ?? secure?.Port ?? 0;
        if (port == 0 && securePort == 0)
        {
            return (null, $"Nothing to register: the server has bound no address that others can reach. Not taken: {Shown(rejected)}.");
        }

        (string ip, string why) = Address(self, (plain ?? secure)?.Host, route, rejected);
        string id = self.Id ?? string.Create(CultureInfo.InvariantCulture, $"{machine}:{self.Service}:{(port != 0 ? port : securePort)}");
        string ports = string.Create(CultureInfo.InvariantCulture, $"port {port}, port for TLS {securePort}");
        return (self.At(id, ip, port, securePort), $"Registering {ip}, {ports}: {why}. Not taken: {Shown(rejected)}.");
    }

    private static (string Address, string Why) Address(SelfOptions self, string? host, IPAddress? route, List<string> rejected)
    {
        if (self.Address is { } said)
        {
            Reject(rejected, route, "SelfOptions.Address is set");
            return (said, "SelfOptions.Address says so");
        }

        if (IPAddress.TryParse(host?.Trim('[', ']'), out IPAddress? own) && !IsAny(own))
        {
            Reject(rejected, route, "the server is not bound to it");
            return (own.ToString(), "the server is bound to this address alone");
        }

        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            Reject(rejected, route, "the server is bound to localhost");
            return (IPAddress.Loopback.ToString(), "the server is bound to localhost, so only this machine reaches it");
        }

        return route is null
            ? (IPAddress.Loopback.ToString(), "no route to the registry is known, so only this machine reaches it; set SelfOptions.Address")
            : (route.ToString(), "the local address of the route to the registry");
    }

    private static void Reject(List<string> rejected, IPAddress? route, string reason)
    {
        if (route is not null)
        {
            rejected.Add($"{route} ({reason})");
        }
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static string Shown(List<string> rejected) => rejected.Count == 0 ? "nothing" : string.Join(", ", rejected);
}
