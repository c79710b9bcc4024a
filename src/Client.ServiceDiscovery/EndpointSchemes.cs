using Microsoft.Extensions.ServiceDiscovery;
using Instance = Rollcall.Client.Catalogues.ServiceEndpoint;

namespace Rollcall.Client.ServiceDiscovery;

/// <summary>Which ports of its instances a query is about, by the library's rules.</summary>
/// <remarks>
/// Schemes are tried in their order, and the first that any instance has is the one: <c>https+http://orders</c> is TLS alone as soon as
/// one instance has it. Without a scheme each instance is taken by what it has, TLS first. An instance has two endpoints with a name,
/// <c>http</c> and <c>https</c> (<c>_https.orders</c>); of any other name it has none.
/// </remarks>
internal sealed class EndpointSchemes
{
    private readonly string[]? _schemes; // in order; null: any

    private EndpointSchemes(string[]? schemes) => _schemes = schemes;

    public static EndpointSchemes Of(ServiceEndpointQuery query, ServiceDiscoveryOptions options)
    {
        string[]? asked = query.IncludedSchemes.Count == 0 ? null : [.. query.IncludedSchemes];
        string[]? allowed = options.AllowAllSchemes ? asked : Both(asked, [.. options.AllowedSchemes]);
        return new(query.EndpointName is { } name ? Both(allowed, [name]) : allowed);
    }

    /// <summary>Where the instances can be called; those that cannot, as was asked, are left out.</summary>
    public IReadOnlyCollection<Uri> Select(IReadOnlyCollection<Instance> instances)
    {
        if (_schemes is null)
        {
            return [.. instances.Select(instance => instance.Uri)];
        }

        IEnumerable<Uri[]> found = _schemes.Select(scheme => instances.Select(instance => At(instance, scheme)).OfType<Uri>().ToArray());
        return found.FirstOrDefault(some => some.Length > 0) ?? [];
    }

    private static Uri? At(Instance instance, string scheme) =>
        scheme.ToUpperInvariant() switch
        {
            "HTTP" => instance.PlainUri,
            "HTTPS" => instance.Record.SecurePortEnabled ? instance.Uri : null,
            _ => null,
        };

    private static string[] Both(string[]? asked, string[] allowed) =>
        asked is null ? allowed : [.. asked.Where(scheme => allowed.Contains(scheme, StringComparer.OrdinalIgnoreCase))];
}
