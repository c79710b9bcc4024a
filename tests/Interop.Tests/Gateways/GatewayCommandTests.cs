using System.Net;
using System.Net.Sockets;
using Rollcall.Gateway;

namespace Rollcall.Interop.Tests.Gateways;

/// <summary>The gateway's command line and exit codes.</summary>
public sealed class GatewayCommandTests
{
    private const string Registry = "--registry=tcp://127.0.0.1:1";

    [Theory]
    [InlineData("--registry is missing", "--zone", "a")]
    [InlineData("--registry needs a value: --registry URL.", "--registry")]
    [InlineData("has the scheme ftp: write tcp://HOST:PORT", "--registry=ftp://127.0.0.1:1")]
    [InlineData("needs a port: 8762", "--registry=tcp://127.0.0.1")]
    [InlineData("is no address: write tcp://HOST:PORT", "--registry=here")]
    [InlineData("must not hold credentials", "--registry=http://name:secret1@127.0.0.1:1")]
    [InlineData("--registry names the same node twice", Registry, Registry)]
    [InlineData("must be http://HOST:PORT", Registry, "--listen", "8760")]
    [InlineData("beyond this machine everything sent can be read", Registry, "--listen=http://*:8760")]
    [InlineData("must be a duration of 100ms..1d", Registry, "--answer-limit=5")]
    [InlineData("--zone must be a name", Registry, "--zone", " ")]
    [InlineData("--secret: there is no such flag", Registry, "--secret", "secret1")]
    [InlineData("An argument without a flag", Registry, "secret1")]
    public async Task What_is_wrong_is_named_nothing_starts_and_the_code_is_2(string problem, params string[] arguments)
    {
        var errors = new StringWriter();
        Assert.Equal(2, await GatewayCommand.RunAsync(arguments, TextWriter.Null, errors));
        Assert.Contains(problem, errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret1", errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_names_every_flag(string flag)
    {
        var output = new StringWriter();
        Assert.Equal(0, await GatewayCommand.RunAsync([flag], output, TextWriter.Null));
        Assert.All(GatewayFlag.All, known => Assert.Contains($"  {known.Form} ", output.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_code_3()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var errors = new StringWriter();
        string place = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        Assert.Equal(3, await GatewayCommand.RunAsync([Registry, "--listen", place], TextWriter.Null, errors));
        Assert.StartsWith($"rollcall-gateway did not start: Cannot listen on {place}: ", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_starts_before_the_registry_shows_its_token_to_it_alone_and_ends_with_code_0_when_asked()
    {
        const string token = "a-token-of-more-than-20-characters";
        int port = QuietPort.Next();
        await using ProgramProcess gateway = ProgramProcess.GatewayWithToken(
            token,
            "--registry",
            $"tcp://127.0.0.1:{port}",
            "--listen",
            "http://127.0.0.1:0"
        );
        Uri entrance = await gateway.ReadyAsync();
        using var http = new HttpClient { BaseAddress = entrance, Timeout = Wait.Deadline };
        using HttpResponseMessage early = await http.GetAsync(new Uri("orders/x", UriKind.Relative));
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "orders: no registry has been heard yet.\n"),
            (early.StatusCode, await early.Content.ReadAsStringAsync())
        );

        await using ServerProcess registry = await ServerProcess.StartAsync(
            ["--tcp", $"127.0.0.1:{port}"],
            new Dictionary<string, string> { ["ROLLCALL_CREDENTIALS"] = $"edge reader token {token}" }
        );
        await Wait.UntilAsync(
            async () => (await http.GetStringAsyncOrReason("orders/x")).Contains("the registry knows no instance", StringComparison.Ordinal),
            () => $"the gateway hears the registry:\n{gateway.Printed}"
        );
        Assert.Equal(0, await gateway.TerminateAsync());
        Assert.DoesNotContain(token, gateway.Printed, StringComparison.Ordinal);
    }
}

/// <summary>For waits.</summary>
file static class Asking
{
    public static async Task<string> GetStringAsyncOrReason(this HttpClient http, string path)
    {
        using HttpResponseMessage response = await http.GetAsync(new Uri(path, UriKind.Relative));
        return await response.Content.ReadAsStringAsync();
    }
}
