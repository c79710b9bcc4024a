using Microsoft.Extensions.Configuration;
using Rollcall.Core;
using Rollcall.Hosting.Configuration;
using Rollcall.Transports.HttpServer;

namespace Rollcall.Server;

/// <summary>Everything the server was told, checked.</summary>
/// <param name="Registry">Options of the core.</param>
/// <param name="Http">Options of the HTTP adapter.</param>
/// <param name="Logging">What to log; standard .NET keys.</param>
internal sealed record ServerSettings(RegistryOptions Registry, HttpServerOptions Http, IConfigurationSection Logging)
{
    public const string Section = "Rollcall";
    public const string CoreSection = Section + ":Core";
    public const string HttpSection = Section + ":Http";
    public const string InsecureKey = Section + ":Insecure";
    public const string LoggingSection = "Logging";

    /// <summary>Reads the settings; all that is wrong with them becomes <paramref name="problems"/>.</summary>
    public static ServerSettings Read(IConfiguration configuration, ICollection<ConfigurationProblem> problems)
    {
        RefuseUnknown(configuration.GetSection(Section), problems);
        var registry = RegistryOptionKeys.Bind(configuration.GetSection(CoreSection), new RegistryOptions(), problems);
        var http = HttpOptionKeys.Bind(configuration.GetSection(HttpSection), problems);
        RefuseUnsafe(http, IsInsecureAllowed(configuration, problems), problems);
        return new(registry, http, configuration.GetSection(LoggingSection));
    }

    private static void RefuseUnknown(IConfigurationSection root, ICollection<ConfigurationProblem> problems)
    {
        string[] known = [CoreSection, HttpSection, InsecureKey];
        foreach (IConfigurationSection entry in root.GetChildren())
        {
            if (!known.Contains(entry.Path, StringComparer.OrdinalIgnoreCase))
            {
                IEnumerable<string> candidates = known.Concat(OptionCatalog.All.Select(option => option.Key));
                problems.Add(new(entry.Path, null, $"there is no such option.{NearestName.Hint(entry.Path, candidates)}"));
            }
        }
    }

    private static bool IsInsecureAllowed(IConfiguration configuration, ICollection<ConfigurationProblem> problems)
    {
        string text = configuration[InsecureKey] ?? "off";
        (bool good, bool allowed) = OptionKind.Switch.Read(text);
        if (!good)
        {
            problems.Add(new(InsecureKey, text, $"must be {OptionKind.Switch.Name}."));
        }

        return allowed;
    }

    /// <summary>There are no credentials yet, so whoever can connect can register and cancel anything.</summary>
    private static void RefuseUnsafe(HttpServerOptions http, bool insecureAllowed, ICollection<ConfigurationProblem> problems)
    {
        bool readable = http.Validate().All(problem => problem.Name != nameof(http.Url));
        if (readable && !http.IsLoopback && !insecureAllowed)
        {
            problems.Add(
                new(
                    HttpSection + ":Url",
                    http.Url,
                    "other machines could connect, and anyone who can connect may register and cancel: there are no credentials "
                        + "yet. Listen on 127.0.0.1, or add --insecure if you trust everyone who can reach it."
                )
            );
        }
    }
}
