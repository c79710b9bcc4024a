using System.Diagnostics.CodeAnalysis;

namespace Rollcall.Transports.Http;

/// <summary>Where a Eureka server is: <c>eureka+http://host:8761/eureka</c>. The path is where its <c>apps</c> are.</summary>
/// <remarks>Spring's servers have them below <c>/eureka</c>, Netflix's below <c>/eureka/v2</c>, Rollcall's below both.</remarks>
public sealed class EurekaAddress
{
    /// <summary>The scheme of plain HTTP.</summary>
    public const string Scheme = "eureka+http";

    /// <summary>The scheme of HTTP over TLS.</summary>
    public const string SecureScheme = "eureka+https";

    private EurekaAddress(Uri root)
    {
        Root = new Uri(root.GetLeftPart(UriPartial.Authority));
        BasePath = root.AbsolutePath.TrimEnd('/');
        Text = $"eureka+{root.GetLeftPart(UriPartial.Authority)}{BasePath}";
    }

    /// <summary>As people write it, without credentials.</summary>
    public string Text { get; }

    /// <summary>Scheme, host and port as HTTP has them.</summary>
    public Uri Root { get; }

    /// <summary>What stands before <c>/apps</c>; may be empty.</summary>
    public string BasePath { get; }

    /// <summary>Reads an address, with <c>http</c> or <c>https</c> too.</summary>
    /// <param name="address">It.</param>
    /// <param name="read">It, read.</param>
    /// <param name="problem">Why it is none; without what it holds of credentials.</param>
    public static bool TryParse(Uri address, [NotNullWhen(true)] out EurekaAddress? read, [NotNullWhen(false)] out string? problem)
    {
        read = null;
        string? scheme = address.IsAbsoluteUri ? SchemeOf(address.Scheme) : null;
        problem =
            scheme is null || address.Host.Length == 0 ? $"The address of a Eureka server is {Scheme}://HOST:PORT/eureka."
            : address.UserInfo.Length > 0 ? $"The address of {address.Host} holds credentials: give them in the options."
            : address.Query.Length > 0 || address.Fragment.Length > 0 ? $"The address of {address.Host} ends with its path: {Scheme}://HOST:PORT/eureka."
            : null;
        if (problem is not null)
        {
            return false;
        }

        int port = address.Port >= 0 ? address.Port : new UriBuilder(scheme!, address.Host).Uri.Port;
        read = new EurekaAddress(new UriBuilder(scheme!, address.Host, port, address.AbsolutePath).Uri);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string? SchemeOf(string scheme) =>
        scheme switch
        {
            Scheme or "http" => "http",
            SecureScheme or "https" => "https",
            _ => null,
        };
}
