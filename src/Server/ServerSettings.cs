using System.Net;
using Microsoft.Extensions.Configuration;
using Rollcall.Configuration;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Hosting;
using Rollcall.Hosting.Access;
using Rollcall.Server.Access;
using Rollcall.Server.Clustering;
using Rollcall.Server.Data;
using Rollcall.Server.Regions;
using Rollcall.Server.Tls;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Server;

/// <summary>Everything the server was told, checked.</summary>
internal sealed record ServerSettings
{
    public const string Section = "Rollcall";
    public const string CoreSection = Section + ":Core";
    public const string HttpSection = Section + ":Http";
    public const string TcpSection = Section + ":Tcp";
    public const string QuicSection = Section + ":Quic";
    public const string WireSection = Section + ":Wire";
    public const string TlsSection = Section + ":Tls";
    public const string CredentialsSection = Section + ":Credentials";
    public const string DataSection = Section + ":Data";
    public const string InsecureKey = Section + ":Insecure";
    public const string UrlKey = HttpSection + ":" + nameof(HttpServerOptions.Url);
    public const string TcpAddressKey = TcpSection + ":" + nameof(TcpServerOptions.Address);
    public const string QuicAddressKey = QuicSection + ":" + nameof(QuicServerOptions.Address);
    public const string DataFolderKey = DataSection + ":" + nameof(DataSettings.Folder);
    public const string LoggingSection = "Logging";

    /// <summary>In place of an address: do not listen.</summary>
    public const string Off = "off";

    /// <summary>In place of an address of QUIC: on the port of TCP, for this machine, where QUIC is supported.</summary>
    public const string Auto = "auto";

    /// <summary>Options of the core.</summary>
    public required RegistryOptions Registry { get; init; }

    /// <summary>Options of the HTTP adapter; null: off.</summary>
    public required HttpServerOptions? Http { get; init; }

    /// <summary>Options of the TCP adapter; null: off.</summary>
    public required TcpServerOptions? Tcp { get; init; }

    /// <summary>Options of the QUIC adapter; null: off.</summary>
    public required QuicServerOptions? Quic { get; init; }

    /// <summary>True if the server is not to start without QUIC: it was told where to listen for it, or for nothing else.</summary>
    public required bool IsQuicDemanded { get; init; }

    /// <summary>Limits of the wire, over TCP and QUIC.</summary>
    public required WireOptions Wire { get; init; }

    /// <summary>Certificates from files; null if none was named.</summary>
    public required TlsOptions? Tls { get; init; }

    /// <summary>Who may come in.</summary>
    public required AccessPolicy Access { get; init; }

    /// <summary>What is kept on disk.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>Its cluster; null: it stands alone.</summary>
    public required ClusterSettings? Cluster { get; init; }

    /// <summary>Other regions that this node keeps copies of.</summary>
    public required IReadOnlyList<RegionSettings> Regions { get; init; }

    /// <summary>What is allowed, and should be known: one line each, said at start.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What to log; standard .NET keys.</summary>
    public required IConfigurationSection Logging { get; init; }

    /// <summary>What may stand in place of an address, for people; null of any other option.</summary>
    public static string? WordsFor(string key) =>
        key switch
        {
            QuicAddressKey => $"{Auto}, {Off}",
            TcpAddressKey or UrlKey => Off,
            _ => null,
        };

    /// <summary>Reads the settings; all that is wrong with them becomes <paramref name="problems"/>.</summary>
    public static ServerSettings Read(IConfiguration configuration, ICollection<ConfigurationProblem> problems)
    {
        var warnings = new List<string>();
        RefuseUnknown(configuration.GetSection(Section), problems);
        var registry = RegistryOptionKeys.All.Bind(configuration.GetSection(CoreSection), new RegistryOptions(), problems);
        HttpServerOptions? http = OrOff(Bind(configuration, HttpOptionKeys.All, new(), UrlKey, problems), o => o.Url);
        TcpServerOptions? tcp = OrOff(Bind(configuration, WireOptionKeys.Tcp, new(), TcpAddressKey, problems), o => o.Address);
        QuicServerOptions? quic = OrOff(
            Bind(configuration, WireOptionKeys.Quic, new() { Address = Auto }, QuicAddressKey, problems),
            o => o.Address
        );
        bool isQuicDemanded = quic is not null && !Is(quic.Address, Auto);
        quic = quic is null || isQuicDemanded ? quic : quic with { Address = OnThePortOf(tcp) };
        WireOptions wire = WireOptionKeys.Wire.Bind(configuration.GetSection(WireSection), new(), problems);
        TlsSettings certificates = TlsSettings.Keys.Bind(configuration.GetSection(TlsSection), new(), problems);
        TlsOptions? tls = CertificateFiles.Read(certificates, problems, warnings);
        AccessPolicy access = ReadAccess(configuration, certificates, problems, warnings);
        Listener[] listeners = [.. Listener.Of(http, tcp, quic, hasCertificate: certificates.Certificate.Length > 0)];
        bool insecureAllowed = IsInsecureAllowed(configuration, problems);
        ListenRule.Check(listeners, access.AsksForCredentials, insecureAllowed, problems, warnings);
        ClusterSettings? cluster = ClusterSettings.Read(configuration, insecureAllowed, problems, warnings);
        RefuseWithout(http, tcp, quic, certificates, problems);
        return new()
        {
            Registry = registry with { Cluster = cluster?.Options },
            Http = http,
            Tcp = tcp,
            Quic = quic,
            IsQuicDemanded = isQuicDemanded || (http is null && tcp is null),
            Wire = wire,
            Tls = tls,
            Access = access,
            Data = DataSettings.Keys.Bind(configuration.GetSection(DataSection), new(), problems),
            Cluster = cluster,
            Regions = RegionSettings.Read(configuration, registry.Region, problems),
            Warnings = warnings,
            Logging = configuration.GetSection(LoggingSection),
        };
    }

    private static void RefuseUnknown(IConfigurationSection root, ICollection<ConfigurationProblem> problems)
    {
        string[] known =
        [
            CoreSection,
            HttpSection,
            TcpSection,
            QuicSection,
            WireSection,
            TlsSection,
            CredentialsSection,
            DataSection,
            RegionSettings.Section,
            ClusterSettings.ClusterSection,
            ClusterSettings.PeersSection,
            InsecureKey,
        ];
        foreach (IConfigurationSection entry in root.GetChildren())
        {
            if (!known.Contains(entry.Path, StringComparer.OrdinalIgnoreCase))
            {
                IEnumerable<string> candidates = known.Concat(OptionCatalog.All.Select(option => option.Key));
                problems.Add(new(entry.Path, null, $"there is no such option.{NearestName.Hint(entry.Path, candidates)}"));
            }
        }
    }

    /// <summary>The options beside <paramref name="placeKey"/>, whose value may be a word that no adapter has to know.</summary>
    private static TOptions Bind<TOptions>(
        IConfiguration configuration,
        OptionKeySet<TOptions> keys,
        TOptions defaults,
        string placeKey,
        ICollection<ConfigurationProblem> problems
    )
        where TOptions : class
    {
        var found = new List<ConfigurationProblem>();
        TOptions options = keys.Bind(configuration.GetSection(ConfigurationPath.GetParentPath(placeKey)!), defaults, found);
        bool isWord = Is(configuration[placeKey], Off) || (placeKey == QuicAddressKey && Is(configuration[placeKey] ?? Auto, Auto));
        foreach (ConfigurationProblem problem in found)
        {
            if (!Is(problem.Key, placeKey))
            {
                problems.Add(problem);
            }
            else if (!isWord)
            {
                problems.Add(problem with { Text = problem.Text.Replace("must be ", $"must be {WordsFor(placeKey)}, or ") });
            }
        }

        return options;
    }

    private static TOptions? OrOff<TOptions>(TOptions options, Func<TOptions, string> place)
        where TOptions : class => Is(place(options), Off) ? null : options;

    /// <summary>For this machine, on the number that TCP has: the wire has one for both protocols.</summary>
    private static string OnThePortOf(TcpServerOptions? tcp)
    {
        int port = ListenAddress.TryParse(tcp?.Address, out ListenAddress? wire) ? wire.Port : WireProtocol.Port;
        return new ListenAddress(IPAddress.Loopback, port).ToString();
    }

    private static bool Is(string? text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);

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

    private static void RefuseWithout(
        HttpServerOptions? http,
        TcpServerOptions? tcp,
        QuicServerOptions? quic,
        TlsSettings certificates,
        ICollection<ConfigurationProblem> problems
    )
    {
        if (http is { IsSecure: true } && certificates.Certificate.Length == 0)
        {
            problems.Add(new(UrlKey, http.Url, "needs a certificate: add --tls-certificate FILE."));
        }

        if (http is null && tcp is null && quic is null)
        {
            problems.Add(new("--http, --tcp, --quic", Off, "nobody could come in: leave at least one on."));
        }
    }
}
