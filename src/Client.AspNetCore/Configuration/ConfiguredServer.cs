using Rollcall.Client.Servers;
using Rollcall.Configuration;
using Rollcall.Core.Seams;

namespace Rollcall.Client.AspNetCore.Configuration;

/// <summary>One node of the registry as a configuration names it.</summary>
/// <param name="Key">Where it is named.</param>
/// <param name="Addresses">One, or several of the same node with the preferred first.</param>
/// <param name="Zone">Where it is; null: unknown.</param>
/// <param name="Credential">What to show it; null: nothing.</param>
/// <param name="AnyLink">True: addresses that nothing opens are left out, as long as one is left.</param>
internal sealed record ConfiguredServer(
    string Key,
    IReadOnlyList<Uri> Addresses,
    string? Zone,
    LinkCredential? Credential,
    bool AnyLink = false
)
{
    /// <summary>For people, and without credentials.</summary>
    public string Name => Addresses[0].GetComponents(UriComponents.Scheme | UriComponents.HostAndPort, UriFormat.UriEscaped);

    /// <summary>An address as people write it: with a scheme and a host, without credentials.</summary>
    /// <param name="key">Where it is written.</param>
    /// <param name="text">The address.</param>
    /// <param name="problems">Added to; what it says shows no credentials.</param>
    public static Uri? Parse(string key, string text, ICollection<ConfigurationProblem> problems)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || address.Host.Length == 0)
        {
            problems.Add(ConfigurationProblem.OfAddress(key, text, "must be the address of a registry's node: tcp://HOST:PORT, http://HOST:PORT."));
            return null;
        }

        if (address.UserInfo.Length > 0)
        {
            problems.Add(new(key, null, $"the address of {address.Host} holds credentials: they belong into Token and User beside it."));
            return null;
        }

        return address;
    }

    /// <summary>The node, with links to it; null: nothing opens them.</summary>
    public RegistryServer? Resolve(RollcallClientSettings settings, ICollection<ConfigurationProblem> problems)
    {
        Uri[] opened = [.. Addresses.Where(address => settings.Links.ContainsKey(address.Scheme))];
        if (opened.Length == 0 || (opened.Length < Addresses.Count && !AnyLink))
        {
            Uri[] closed = [.. Addresses.Except(opened)];
            string schemes = string.Join(" or ", closed.Select(address => address.Scheme).Distinct());
            string known = settings.Links.Count == 0 ? "none are added" : $"added: {string.Join(", ", settings.Links.Keys.Order())}";
            problems.Add(
                new(Key, closed[0].OriginalString, $"no links of {schemes} are added to the client: AddLink(\"{closed[0].Scheme}\", …); {known}.")
            );
            return null;
        }

        if (opened.Length == 1)
        {
            return new RegistryServer(Name, stop => settings.Links[opened[0].Scheme](opened[0], Credential, settings.Trust, stop), Zone);
        }

        // All attempts together must fit into one try.
        TimeSpan limit = settings.Client.TryLimit / opened.Length;
        var factories = settings.Links.ToDictionary(
            link => link.Key,
            link => new LinkFactory((address, stop) => link.Value(address, Credential, settings.Trust, stop))
        );
        return RegistryServer.Of(Name, new FirstReachable(opened, factories, limit), Zone);
    }
}
