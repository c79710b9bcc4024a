using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.Links;

/// <summary>A server that knows secrets, asked in every way there is: nothing that it prints or serves holds one of them.</summary>
public sealed class SecretsTests : IDisposable
{
    private const string FileToken = "c0a8f3d2917e4b56aa01bd7749ce8f10";
    private const string VariableToken = "77e1d0c95b2a4f38960fce4413ab82dd";
    private const string WrongToken = "deadbeefdeadbeefdeadbeefdeadbeef";
    private const string CertificatePassword = "opensesame-opensesame";

    private readonly string _folder = Directory.CreateTempSubdirectory("rollcall-").FullName;
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task No_secret_is_in_anything_that_it_prints_or_serves()
    {
        (string[] arguments, Dictionary<string, string> environment) = Settings();
        await using ServerProcess server = await ServerProcess.StartAsync(
            [.. arguments, "--http", "https://127.0.0.1:0", "--Logging:LogLevel:Default", "Trace", "--Logging:LogLevel:Microsoft", "Trace"],
            environment
        );

        string served = await EverythingServedAsync(server);
        await SpeakTheWireAsync(server);
        Assert.Equal(0, await server.TerminateAsync());

        HoldsNoSecret(served);
        HoldsNoSecret(server.Output);
        HoldsNoSecret(server.Errors);
        Assert.Contains("ORDERS", served, StringComparison.Ordinal);
        Assert.Contains("dbug", server.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--options")]
    [InlineData("--help")]
    [InlineData("--Rollcall:Tls:Pasword", WrongToken)]
    [InlineData("--token", WrongToken)]
    [InlineData("--http", "http://me:" + WrongToken + "@127.0.0.1:1")]
    [InlineData("--tcp", "0.0.0.0:0", "--tls-certificate", "")]
    public async Task No_secret_is_in_an_answer_about_options_or_in_a_refusal_to_start(params string[] wrong)
    {
        (string[] arguments, Dictionary<string, string> environment) = Settings();
        await using ServerProcess server = ServerProcess.Run([.. arguments, .. wrong], environment);
        await server.WaitForExitAsync();
        HoldsNoSecret(server.Output);
        HoldsNoSecret(server.Errors);
        Assert.NotEqual("", server.Output + server.Errors);
    }

    private (string[] Arguments, Dictionary<string, string> Environment) Settings()
    {
        using X509Certificate2 certificate = _authority.IssueServer();
        string pfx = Path.Combine(_folder, "server.pfx");
        File.WriteAllBytes(pfx, certificate.Export(X509ContentType.Pfx, CertificatePassword));
        string credentials = Path.Combine(_folder, "credentials");
        File.WriteAllText(credentials, $"alice operator+registrar token {FileToken}\n");
        return (
            ["--credentials", credentials, "--tls-certificate", pfx],
            new()
            {
                ["ROLLCALL_CREDENTIALS"] = $"bob reader token {VariableToken}",
                ["Rollcall__Tls__Password"] = CertificatePassword,
            }
        );
    }

    private async Task<string> EverythingServedAsync(ServerProcess server)
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var client = new HttpClient(handler) { BaseAddress = server.BaseUrl };
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"alice:{FileToken}"));
        AuthenticationHeaderValue?[] shown =
        [
            new("Bearer", FileToken),
            new("Basic", basic),
            new("Bearer", VariableToken),
            new("Bearer", WrongToken),
            new("Basic", WrongToken),
            new(FileToken),
            null,
        ];
        string[] paths =
        [
            "eureka/apps",
            "eureka/apps/delta",
            "eureka/apps/ORDERS/i-1",
            "eureka/status",
            "v1",
            "v1/instances",
            "v1/services",
            "v1/changes",
            "v1/watch?wait=0",
            "v1/explain/orders/i-1",
            "v1/history",
            "v1/guard",
            "health/ready",
            "",
            "lastn",
            "no/such/path",
        ];

        var served = new StringBuilder();
        foreach (AuthenticationHeaderValue? who in shown)
        {
            client.DefaultRequestHeaders.Authorization = who;
            using var body = new StringContent("""{"service":"orders","id":"i-1","address":"10.0.0.7","port":8080}""");
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            await AppendAsync(served, await client.PostAsync("v1/instances", body));
            await AppendAsync(served, await client.PutAsync("v1/instances/orders/i-1/status?value=nonsense", null));
            foreach (string path in paths)
            {
                await AppendAsync(served, await client.GetAsync(path));
            }
        }

        return served.ToString();
    }

    private static async Task AppendAsync(StringBuilder served, HttpResponseMessage answer) =>
        served.Append(answer).Append('\n').Append(await answer.Content.ReadAsStringAsync()).Append('\n');

    private async Task SpeakTheWireAsync(ServerProcess server)
    {
        var trust = new TlsTrust { Authorities = [_authority.Certificate] };
        foreach (string token in (string[])[FileToken, VariableToken, WrongToken])
        {
            try
            {
                await using IRegistryLink link = await Dial.OpenAsync(server, "tcp", new Caller(token, trust));
                await link.RegisterAsync(RegistrationBuilder.Of("stock", "i-1"));
            }
            catch (LinkException problem)
            {
                HoldsNoSecret(problem.ToString());
            }
        }
    }

    private static void HoldsNoSecret(string text)
    {
        foreach (string secret in (string[])[FileToken, VariableToken, WrongToken, CertificatePassword])
        {
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))[..^4], text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret))), text, StringComparison.OrdinalIgnoreCase);
        }
    }
}
