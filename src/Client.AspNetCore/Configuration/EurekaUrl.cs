using Rollcall.Core.Seams;

namespace Rollcall.Client.AspNetCore.Configuration;

/// <summary>The URLs of Eureka's servers as its clients are told them, credentials and all.</summary>
internal static class EurekaUrl
{
    /// <summary>What they must be, for people.</summary>
    public const string Remark = "URLs of Eureka's servers with commas between: http://HOST:8761/eureka/";

    /// <summary>Scheme of links that speak Eureka's own protocol, which Java's servers know, before <c>http</c> or <c>https</c>.</summary>
    public const string EurekaPrefix = "eureka+";

    // Spring's name for every zone that has no servers of its own.
    private const string AnyZone = "defaultZone";

    /// <summary>Adds the servers of one zone. False if one of them is no URL.</summary>
    public static bool Take(RollcallClientSettings settings, string text, string zone)
    {
        string[] urls = ClientOptionKeys.Names(text);
        ConfiguredServer[] servers = [.. urls.Select(url => Read(url, ZoneOf(zone))).OfType<ConfiguredServer>()];
        settings.Imported = [.. settings.Imported, .. servers];
        return servers.Length > 0 && servers.Length == urls.Length;
    }

    private static string? ZoneOf(string zone) =>
        new[] { AnyZone, "serviceUrl", "eurekaServerServiceUrls" }.Any(name => Is(zone.Replace("-", "", StringComparison.Ordinal), name)) ? null : zone;

    /// <summary>A node that is asked for Rollcall's own protocol first, if links of both are added: a change then comes as it happens.</summary>
    private static ConfiguredServer? Read(string text, string? zone)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            return null;
        }

        string[] user = url.UserInfo.Split(':', 2);
        LinkCredential? credential = user.Length == 2 ? new(Uri.UnescapeDataString(user[0]), Uri.UnescapeDataString(user[1])) : null;
        string place = url.GetComponents(UriComponents.HostAndPort, UriFormat.UriEscaped);
        Uri native = new($"{url.Scheme}://{place}/");
        Uri foreign = new($"{EurekaPrefix}{url.Scheme}://{place}{url.AbsolutePath}");
        return new ConfiguredServer("eureka:client:serviceUrl", [native, foreign], zone, credential, AnyLink: true);
    }

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
