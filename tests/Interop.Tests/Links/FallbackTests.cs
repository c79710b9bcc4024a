using Rollcall.Client;
using Rollcall.Core.Seams;

namespace Rollcall.Interop.Tests.Links;

/// <summary>A client that is given several addresses of a real server takes the first that works, and says why not the others.</summary>
public sealed class FallbackTests
{
    [QuicFact]
    public async Task QUIC_is_taken_where_it_works()
    {
        await using ServerProcess server = await ServerProcess.StartAsync("--quic", "127.0.0.1:0");
        LinkReport report = await OpenAsync(server.AddressOf("quic"), server.AddressOf("tcp"), server.AddressOf("http"));
        Assert.Equal($"{server.AddressOf("quic").OriginalString} works", report.ToString());
    }

    [Fact]
    public async Task Without_QUIC_it_is_TCP_and_the_report_says_why()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        Uri quic = new($"quic://127.0.0.1:{server.AddressOf("tcp").Port}"); // nothing there, or no library here

        LinkReport report = await OpenAsync(quic, server.AddressOf("tcp"), server.AddressOf("http"));

        Assert.Equal(server.AddressOf("tcp").OriginalString, report.Reached);
        Assert.StartsWith(
            $"{server.AddressOf("tcp").OriginalString} works; before it: {quic.OriginalString}: Cannot connect",
            report.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal([LinkFailure.Unreachable, null], report.Attempts.Select(attempt => attempt.Problem?.Failure));
    }

    [Fact]
    public async Task Without_QUIC_and_TCP_it_is_HTTP_and_the_report_says_why_of_both()
    {
        await using ServerProcess server = await ServerProcess.StartAsync("--tcp", "off");
        Uri quic = new("quic://127.0.0.1:9"); // nothing listens on the port "discard"
        Uri tcp = new("tcp://127.0.0.1:9");

        LinkReport report = await OpenAsync(quic, tcp, server.AddressOf("http"));

        Assert.Equal(server.AddressOf("http").OriginalString, report.Reached);
        Assert.Equal([quic.OriginalString, tcp.OriginalString], report.Attempts.SkipLast(1).Select(attempt => attempt.Address));
        Assert.Contains($"{tcp.OriginalString}: Cannot connect", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_gone_is_reported_with_all_reasons()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await server.KillAsync();
        LinkException problem = await Assert.ThrowsAsync<LinkException>(
            () => OpenAsync(server.AddressOf("tcp"), server.AddressOf("http"))
        );
        Assert.Equal(LinkFailure.Unreachable, problem.Failure);
        Assert.Contains(server.AddressOf("tcp").OriginalString, problem.Message, StringComparison.Ordinal);
        Assert.Contains(server.AddressOf("http").OriginalString, problem.Message, StringComparison.Ordinal);
    }

    private static async Task<LinkReport> OpenAsync(params Uri[] addresses)
    {
        // The limit is for those that say nothing: what it does is shown by hand-moved time, in Client.Tests.
        var first = new FirstReachable(addresses, Dial.Factories(), TimeSpan.FromMinutes(1));
        (IRegistryLink link, LinkReport report) = await first.OpenAsync();
        await link.DisposeAsync();
        return report;
    }
}
