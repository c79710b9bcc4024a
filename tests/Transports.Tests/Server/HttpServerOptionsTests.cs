using System.Net;
using System.Net.Sockets;
using Rollcall.Core;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Rollcall.Transports.HttpServer;

namespace Rollcall.Transports.Tests.Server;

public sealed class HttpServerOptionsTests
{
    [Fact]
    public void Every_option_has_a_range_and_its_default_lies_within()
    {
        Assert.Empty(new HttpServerOptions().Validate());
        IEnumerable<string> options = typeof(HttpServerOptions).GetProperties().Where(p => p.CanWrite).Select(p => p.Name);
        Assert.Equal(options.Order(), HttpServerOptions.Rules.Select(rule => rule.Name).Order());
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        var options = new HttpServerOptions
        {
            Url = "httpx://127.0.0.1:8761",
            BodyBytesMax = 0,
            SlowStart = TimeSpan.Zero,
        };
        Assert.Equal(["Url", "BodyBytesMax", "SlowStart"], options.Validate().Select(p => p.Name));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new HttpServerTransport(options));
        Assert.Contains("BodyBytesMax = 0 is outside 1024..", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8761", true)]
    [InlineData("http://127.0.0.1:8761/", true)]
    [InlineData("http://localhost:0", true)]
    [InlineData("http://[::1]:80", true)]
    [InlineData("HTTP://127.9.9.9:80", true)]
    [InlineData("http://0.0.0.0:8761", false)]
    [InlineData("http://*:8761", false)]
    [InlineData("http://[::]:8761", false)]
    [InlineData("http://10.0.0.1:8761", false)]
    public void An_address_is_on_loopback_or_not(string url, bool loopback)
    {
        var options = new HttpServerOptions { Url = url };
        Assert.Empty(options.Validate());
        Assert.Equal(loopback, options.IsLoopback);
    }

    [Theory]
    [InlineData("")]
    [InlineData("8761")]
    [InlineData("127.0.0.1:8761")]
    [InlineData("httpx://127.0.0.1:8761")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://:8761")]
    [InlineData("http://127.0.0.1:65536")]
    [InlineData("http://127.0.0.1:-1")]
    [InlineData("http://::1:80")]
    [InlineData("http://[127.0.0.1]:80")]
    [InlineData("http://registry.example:8761")]
    [InlineData("http://127.0.0.1:8761/eureka")]
    [InlineData("http://user@127.0.0.1:8761")]
    public void An_address_that_cannot_be_listened_on_is_a_problem(string url)
    {
        var options = new HttpServerOptions { Url = url };
        Assert.Equal("Url", Assert.Single(options.Validate()).Name);
        Assert.False(options.IsLoopback);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_with_the_way_out()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        string url = $"http://{occupant.LocalEndpoint}";
        await using var transport = new HttpServerTransport(new HttpServerOptions { Url = url });
        var registry = new RegistryService(new RegistryOptions(), new HandClock());

        TransportStartException refused = await Assert.ThrowsAsync<TransportStartException>(() =>
            transport.StartAsync(registry, CancellationToken.None)
        );

        Assert.Equal(
            $"Cannot listen on {url}: the port is in use; stop the other process or choose another port (HttpServerOptions.Url).",
            refused.Message
        );
        await transport.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task It_tells_the_port_that_was_bound_and_frees_it_when_stopped()
    {
        await using var transport = new HttpServerTransport(new HttpServerOptions { Url = "http://localhost:0" });
        Assert.Empty(transport.Addresses);
        await transport.StartAsync(new RegistryService(new RegistryOptions(), new HandClock()), CancellationToken.None);
        var address = new Uri(Assert.Single(transport.Addresses));
        Assert.True(address.Port > 0);

        await transport.StopAsync(CancellationToken.None);

        using var next = new TcpListener(IPAddress.Loopback, address.Port);
        next.Start();
    }
}
