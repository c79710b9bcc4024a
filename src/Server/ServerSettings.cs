using Microsoft.Extensions.Configuration;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Hosting.Access;
using Rollcall.Hosting.Configuration;
using Rollcall.Server.Access;
using Rollcall.Server.Tls;
using Rollcall.Transports.HttpServer;

namespace Rollcall.Server;

/// <summary>Everything the server was told, checked.</summary>
internal sealed record ServerSettings
{
    public const string Section = "Rollcall";
    public const string CoreSection = Section + ":Core";
    public const string HttpSection = Section + ":Http";
    public const string TlsSection = Section + ":Tls";
    public const string CredentialsSection = Section + ":Credentials";
    public const string InsecureKey = Section + ":Insecure";
    public const string LoggingSection = "Logging";

    /// <summary>In place of an address: do not listen.</summary>
    public const string Off = "off";

    /// <summary>Options of the core.</summary>
    public required RegistryOptions Registry { get; init; }

    /// <summary>Options of the HTTP adapter; null: off.</summary>
    public required HttpServerOptions? Http { get; init; }

    /// <summary>Certificates from files; null if none was named.</summary>
    public required TlsOptions? Tls { get; init; }

    /// <summary>Who may come in.</summary>
    public required AccessPolicy Access { get; init; }

    /// <summary>What is allowed, and should be known: one line each, said at start.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What to log; standard .NET keys.</summary>
    public required IConfigurationSection Logging { get; init; }

    /// <summary>Reads the settings; all that is wrong with them becomes <paramref name="problems"/>.</summary>
    public static ServerSettings Read(IConfiguration configuration, ICollection<ConfigurationProblem> problems)
    {
        var warnings = new List<string>();
        RefuseUnknown(configuration.GetSection(Section), problems);
        var registry = RegistryOptionKeys.All.Bind(configuration.GetSection(CoreSection), new RegistryOptions(), problems);
        HttpServerOptions? http = BindUnlessOff(configuration, HttpOptionKeys.All, HttpSection, nameof(http.Url), new(), problems);
        TlsSettings certificates = TlsSettings.Keys.Bind(configuration.GetSection(TlsSection), new(), problems);
        TlsOptions? tls = CertificateFiles.Read(certificates, problems, warnings);
        AccessPolicy access = ReadAccess(configuration, certificates, problems, warnings);
        ListenRule.Check(
            [.. ListenersOf(http)],
            access.AsksForCredentials,
            IsInsecureAllowed(configuration, problems),
            problems,
            warnings
        );
        return new()
        {
            Registry = registry,
            Http = http,
            Tls = tls,
            Access = access,
            Warnings = warnings,
            Logging = configuration.GetSection(LoggingSection),
        };
    }

    private static void RefuseUnknown(IConfigurationSection root, ICollection<ConfigurationProblem> problems)
    {
        string[] known = [CoreSection, HttpSection, TlsSection, CredentialsSection, InsecureKey];
        foreach (IConfigurationSection entry in root.GetChildren())
        {
            if (!known.Contains(entry.Path, StringComparer.OrdinalIgnoreCase))
            {
                IEnumerable<string> candidates = known.Concat(OptionCatalog.All.Select(option => option.Key));
                problems.Add(new(entry.Path, null, $"there is no such option.{NearestName.Hint(entry.Path, candidates)}"));
            }
        }
    }

    /// <summary>The options of a section; null if its <paramref name="place"/> is <see cref="Off"/>, which no transport has to know.</summary>
    private static TOptions? BindUnlessOff<TOptions>(
        IConfiguration configuration,
        OptionKeySet<TOptions> keys,
        string section,
        string place,
        TOptions defaults,
        ICollection<ConfigurationProblem> problems
    )
        where TOptions : class
    {
        string placeKey = section + ":" + place;
        bool isOff = string.Equals(configuration[placeKey], Off, StringComparison.OrdinalIgnoreCase);
        var found = new List<ConfigurationProblem>();
        TOptions options = keys.Bind(configuration.GetSection(section), defaults, found);
        foreach (ConfigurationProblem problem in found)
        {
            if (!isOff || !problem.Key.Equals(placeKey, StringComparison.OrdinalIgnoreCase))
            {
                problems.Add(problem);
            }
        }

        return isOff ? null : options;
    }

    private static AccessPolicy ReadAccess(
        IConfiguration configuration,
        TlsSettings certificates,
        ICollection<ConfigurationProblem> problems,
        ICollection<string> warnings
    )
    {
        CredentialSettings settings = CredentialSettings.Keys.Bind(configuration.GetSection(CredentialsSection), new(), problems);
        CredentialReader read = CredentialSources.Read(settings, configuration, problems, warnings);
        if (read.HasCertificates && certificates.ClientAuthorities.Length == 0)
        {
            problems.Add(
                new(CredentialSources.FileKey, null, "names certificates, but no client is asked for one: add --client-ca FILE.")
            );
        }

        return new AccessPolicy(read.Credentials);
    }

    private static bool IsInsecureAllowed(IConfiguration configuration, ICollection<ConfigurationProblem> problems)
    {
        string text = configuration[InsecureKey] ?? Off;
        (bool good, bool allowed) = OptionKind.Switch.Read(text);
        if (!good)
        {
            problems.Add(new(InsecureKey, text, $"must be {OptionKind.Switch.Name}."));
        }

        return allowed;
    }

    /// <summary>Where it is to listen; what cannot be read is a problem already and left out.</summary>
    private static IEnumerable<Listener> ListenersOf(HttpServerOptions? http)
    {
        if (http is not null && http.Validate().All(problem => problem.Name != nameof(http.Url)))
        {
            bool isEncrypted = http.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
            yield return new(HttpSection + ":" + nameof(http.Url), http.Url, http.IsLoopback, isEncrypted);
        }
    }
}
