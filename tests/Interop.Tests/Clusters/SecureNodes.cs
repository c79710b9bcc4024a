using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Interop.Tests.Links;
using Rollcall.Interop.Tests.Restarting;
using Rollcall.Testing.Support;
using Rollcall.Transports.Quic;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>Nodes as they stand beyond one machine: TLS on every port, an authority of their own, credentials. Real processes.</summary>
/// <remarks>Owner: one test. What it hands out ends with it.</remarks>
internal sealed class SecureNodes : IAsyncDisposable
{
    /// <summary>Of a principal that is a peer.</summary>
    public const string PeerToken = "5d41402abc4b2a76b9719d911017c592";

    /// <summary>Of one that may read only.</summary>
    public const string ReaderToken = "7d793037a0760186574b0282f2f435e7";

    /// <summary>Of nobody.</summary>
    public const string WrongToken = "e4da3b7fbbce2345d7772b0674a318d5";

    private const string OwnerToken = "1679091c5a880faf6fb5e6087eb1b2dc";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<ServerProcess, string?> _running = []; // locked by itself; with the certificate's fingerprint
    private readonly string _authorityFile;

    public SecureNodes() => _authorityFile = Write("ca.pem", Authority.Certificate.ExportCertificatePem());

    /// <summary>Of all nodes.</summary>
    public TestAuthority Authority { get; } = new();

    /// <summary>Whom no node believes.</summary>
    public TestAuthority Stranger { get; } = new("Somebody else");

    /// <summary>A node that listens with TLS wherever it can, asks for client certificates and for credentials.</summary>
    /// <param name="name">Its own, in files.</param>
    /// <param name="certificate">Shown to those who come, and to its peers.</param>
    /// <param name="peers">Addresses.</param>
    /// <param name="known">Certificates that prove a peer.</param>
    /// <param name="token">Shown to peers; null: none.</param>
    public Task<ServerProcess> StartAsync(
        string name,
        X509Certificate2 certificate,
        IEnumerable<string> peers,
        IEnumerable<X509Certificate2> known,
        string? token = null
    )
    {
        IEnumerable<string> certified = known.Select((peer, number) => $"peer-{number} peer certificate {FingerprintOf(peer)}");
        string credentials = string.Join(
            '\n',
            [$"peer peer token {PeerToken}", $"looker reader token {ReaderToken}", $"owner registrar token {OwnerToken}", .. certified]
        );
        return RunAsync(
            [
                "--http",
                "https://127.0.0.1:0",
                "--quic",
                "auto",
                "--tls-certificate",
                Write($"{name}.pem", PemOf(certificate)),
                "--client-ca",
                _authorityFile,
                "--credentials",
                Write($"{name}.credentials", credentials),
            ],
            peers,
            token,
            FingerprintOf(certificate)
        );
    }

    /// <summary>A node without a certificate, where everybody on this machine may come in: it is asked by nobody here.</summary>
    public Task<ServerProcess> StartPlainAsync(IEnumerable<string> peers, string? token = null) => RunAsync([], peers, token, null);

    /// <summary>Every place where a node takes peers, as the address of one.</summary>
    public static string[] PlacesOf(ServerProcess node) => [.. node.Addresses.Select(address => address.ToString().TrimEnd('/'))];

    /// <summary>The one of a scheme; where there is no QUIC that of TCP stands for it.</summary>
    public static string PlaceOf(ServerProcess node, string scheme) =>
        PlacesOf(node).Single(place => place.StartsWith(QuicSupport.IsSupported || scheme != "quic" ? scheme : "tcps", StringComparison.Ordinal));

    /// <summary>Registers there, as an owner does.</summary>
    public async Task RegisterAsync(ServerProcess node, string id)
    {
        await using IRegistryLink link = await OpenAsync(node);
        Assert.Null((await link.RegisterAsync(RegistrationBuilder.Of("orders", id))).Error);
    }

    /// <summary>Why a node's peer is as it is, as <c>/v1/peers</c> says.</summary>
    public async Task<string> WhyAsync(ServerProcess node, string peer)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.Authorization = new("Bearer", OwnerToken);
        JsonElement shown = await client.GetFromJsonAsync<JsonElement>(new Uri(node.BaseUrl, "v1/peers"));
        Assert.DoesNotContain(PeerToken, shown.ToString(), StringComparison.OrdinalIgnoreCase);
        return shown.GetProperty("peers").EnumerateArray().Single(p => p.GetProperty("address").GetString() == peer).GetProperty("why").GetString()!;
    }

    /// <summary>The ids that a node holds, in order; null: it does not say, for it has just started.</summary>
    public async Task<string[]?> IdsAsync(ServerProcess node)
    {
        try
        {
            await using IRegistryLink link = await OpenAsync(node);
            return [.. (await link.ReadAsync(InstanceFilter.All)).Instances.Select(instance => instance.Id).Order(StringComparer.Ordinal)];
        }
        catch (LinkException exception) when (exception.Failure == LinkFailure.Unavailable)
        {
            return null;
        }
    }

    /// <summary>Waits until a node holds these, and no others.</summary>
    public async Task HoldsAsync(ServerProcess node, params string[] ids)
    {
        string[]? held = null;
        await Wait.UntilAsync(
            async () => (held = await IdsAsync(node))?.SequenceEqual(ids.Order(StringComparer.Ordinal)) == true,
            () => $"{string.Join(", ", ids)} at {node.BaseUrl}, which holds {string.Join(", ", held ?? ["nothing that it would tell"])}; it said:\n{node.Errors}"
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess node in _running.Keys)
        {
            foreach (string secret in (string[])[PeerToken, ReaderToken, WrongToken, OwnerToken])
            {
                Assert.DoesNotContain(secret, node.Output + node.Errors, StringComparison.OrdinalIgnoreCase);
            }

            await node.DisposeAsync();
        }

        Authority.Dispose();
        Stranger.Dispose();
        _folder.Dispose();
    }

    private async Task<ServerProcess> RunAsync(string[] listening, IEnumerable<string> peers, string? token, string? fingerprint)
    {
        string[] options =
        [
            "--cluster",
            "secure",
            "--Rollcall:Cluster:WarmUpMax",
            "0s", // that nobody lets it in is no reason to keep silent
            "--peer-ca",
            _authorityFile,
            .. peers.SelectMany(peer => new[] { "--peer", peer }),
        ];
        var environment = new Dictionary<string, string>();
        if (token is not null)
        {
            environment["Rollcall__Peers__Token"] = token;
        }

        ServerProcess node = await ServerProcess.StartAsync([.. listening, .. options], environment);
        lock (_running)
        {
            _running.Add(node, fingerprint);
        }

        return node;
    }

    private ValueTask<IRegistryLink> OpenAsync(ServerProcess node) =>
        Dial.OpenAsync(node, "tcp", new Caller(OwnerToken, new TlsTrust { Fingerprint = _running[node] }));

    private static string FingerprintOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    private static string PemOf(X509Certificate2 certificate) =>
        certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem();

    private string Write(string name, string content)
    {
        string path = _folder[name];
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }
}
