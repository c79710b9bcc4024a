using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Core;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.Links;

/// <summary>A real server with a certificate and credentials, over each transport: who comes in, who does not, and what may each do.</summary>
public sealed class SecureServerTests : IAsyncLifetime
{
    private const string ShopToken = "3a5c1f0e9b7d4286a1c0ffee5eed0042";
    private const string LookerToken = "9e107d9d372bb6826bd81d3542a419d6";

    private readonly string _folder = Directory.CreateTempSubdirectory("rollcall-").FullName;
    private readonly TestAuthority _authority = new();
    private X509Certificate2 _edge = null!;
    private ServerProcess _server = null!;

    private TlsTrust Trust => new() { Authorities = [_authority.Certificate] };

    public async Task InitializeAsync()
    {
        using X509Certificate2 certificate = _authority.IssueServer();
        _edge = _authority.IssueClient("edge");
        string[] arguments =
        [
            "--http",
            "https://127.0.0.1:0",
            "--tls-certificate",
            Write("server.pem", certificate.ExportCertificatePem()),
            "--tls-key",
            Write("server.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()),
            "--client-ca",
            Write("ca.pem", _authority.Certificate.ExportCertificatePem()),
            "--credentials",
            Write(
                "credentials",
                $"""
                shop registrar:ORDERS* token {ShopToken}
                looker reader token {LookerToken}
                edge operator certificate {_edge.GetCertHashString(HashAlgorithmName.SHA256)}
                """
            ),
        ];
        _server = await ServerProcess.StartAsync([.. arguments, "--quic", "auto"]);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _edge.Dispose();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public Task Each_caller_may_do_what_its_roles_say(string scheme) => HoldsTheRolesAsync(scheme);

    [QuicFact]
    public Task Over_QUIC_each_caller_may_do_what_its_roles_say() => HoldsTheRolesAsync("quic");

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public Task A_caller_that_is_not_known_does_not_come_in(string scheme) => KeepsOutAsync(scheme);

    [QuicFact]
    public Task Over_QUIC_a_caller_that_is_not_known_does_not_come_in() => KeepsOutAsync("quic");

    [Fact]
    public void It_listens_with_TLS_and_says_so()
    {
        Assert.Equal("https", _server.AddressOf("http").Scheme);
        Assert.Equal("tcps", _server.AddressOf("tcp").Scheme);
        Assert.DoesNotContain("self-made", _server.Output, StringComparison.Ordinal);
    }

    private async Task HoldsTheRolesAsync(string scheme)
    {
        string service = $"orders-{scheme}";
        await using IRegistryLink shop = await OpenAsync(scheme, new Caller(ShopToken, Trust));
        await using IRegistryLink looker = await OpenAsync(scheme, new Caller(LookerToken, Trust));
        await using IRegistryLink edge = await OpenAsync(scheme, new Caller(null, Trust with { ClientCertificate = _edge }));

        RegisterResult registered = await shop.RegisterAsync(RegistrationBuilder.Of(service, "i-1"));
        Assert.Null(registered.Error);
        Assert.True(await shop.RenewAsync(registered.Handle));
        await RefusedAsync(LinkFailure.NotAllowed, () => shop.RegisterAsync(RegistrationBuilder.Of("stock", "i-1")).AsTask());

        Assert.Equal("i-1", (await looker.FindAsync(service, "i-1"))?.Id);
        Assert.Single((await looker.ReadAsync(InstanceFilter.Services(service))).Instances);
        await RefusedAsync(LinkFailure.NotAllowed, () => looker.RegisterAsync(RegistrationBuilder.Of(service, "i-2")).AsTask());
        await RefusedAsync(LinkFailure.NotAllowed, () => looker.CancelAsync(service, "i-1").AsTask());

        Assert.Null((await edge.CancelAsync(service, "i-1")).Error);
        Assert.Null(await looker.FindAsync(service, "i-1"));
    }

    private async Task KeepsOutAsync(string scheme)
    {
        await KeptOutAsync(LinkFailure.NotAuthenticated, scheme, new Caller(ShopToken[..^1] + "0", Trust));
        await KeptOutAsync(LinkFailure.NotAuthenticated, scheme, new Caller(null, Trust));

        using var stranger = new TestAuthority("Somebody else");
        using X509Certificate2 forged = stranger.IssueClient("edge");
        LinkException refused = await Assert.ThrowsAsync<LinkException>(
            () => ReadAsync(scheme, new Caller(ShopToken, Trust with { ClientCertificate = forged }))
        );
        Assert.NotEqual(LinkFailure.Protocol, refused.Failure);

        // The other way round: a client does not show its token to a server that it does not believe.
        await KeptOutAsync(LinkFailure.Unreachable, scheme, new Caller(ShopToken, new TlsTrust { Authorities = [stranger.Certificate] }));
    }

    private async Task KeptOutAsync(LinkFailure expected, string scheme, Caller caller)
    {
        LinkException problem = await RefusedAsync(expected, () => ReadAsync(scheme, caller));
        Assert.DoesNotContain(ShopToken, problem.ToString(), StringComparison.Ordinal);
    }

    private static async Task<LinkException> RefusedAsync(LinkFailure expected, Func<Task> call)
    {
        LinkException problem = await Assert.ThrowsAsync<LinkException>(call);
        Assert.True(problem.Failure == expected, $"Expected was {expected}, seen {problem.Failure}: {problem.Message}");
        return problem;
    }

    private async Task ReadAsync(string scheme, Caller caller)
    {
        await using IRegistryLink link = await OpenAsync(scheme, caller);
        await link.ReadAsync(InstanceFilter.All);
    }

    private ValueTask<IRegistryLink> OpenAsync(string scheme, Caller caller) => Dial.OpenAsync(_server, scheme, caller);

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
