using System.Security.Cryptography.X509Certificates;
using Rollcall.Transports.Quic;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>Who is a peer: whoever proves it, over each transport; nobody else writes a word into the registry. Real processes.</summary>
public sealed class SecurePeerTests : IAsyncLifetime
{
    // A line on handshakes comes once a minute at most, and the first may be about one that a slow machine cut short.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(150);

    private readonly SecureNodes _nodes = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Nodes_that_prove_themselves_by_certificates_agree_over_tcps_https_and_quic()
    {
        using X509Certificate2 a = _nodes.Authority.IssueNode("a");
        using X509Certificate2 b = _nodes.Authority.IssueNode("b");
        using X509Certificate2 c = _nodes.Authority.IssueNode("c");
        ServerProcess first = await _nodes.StartAsync("a", a, [], [b, c]);
        ServerProcess second = await _nodes.StartAsync("b", b, [SecureNodes.PlaceOf(first, "tcps")], [c]);
        ServerProcess third = await _nodes.StartAsync("c", c, [SecureNodes.PlaceOf(first, "https"), SecureNodes.PlaceOf(second, "quic")], []);
        ServerProcess[] all = [first, second, third];
        await AgreeAsync(all);
        foreach (string place in (string[])[SecureNodes.PlaceOf(first, "https"), SecureNodes.PlaceOf(second, "quic")])
        {
            await SaysAsync(third, "linked: " + place);
        }
    }

    [Fact]
    public async Task Nodes_that_prove_themselves_by_a_token_agree_whatever_their_certificates_are_good_for()
    {
        using X509Certificate2 a = _nodes.Authority.IssueNode("a");
        using X509Certificate2 b = _nodes.Authority.IssueServer("b"); // proves a server, and is no client's
        ServerProcess first = await _nodes.StartAsync("a", a, [], []);
        ServerProcess second = await _nodes.StartAsync("b", b, SecureNodes.PlacesOf(first), [], SecureNodes.PeerToken);
        await AgreeAsync([first, second]);
    }

    [Fact]
    public async Task A_node_shows_nothing_to_a_peer_that_it_does_not_believe_and_both_say_so()
    {
        using X509Certificate2 expired = _nodes.Authority.IssueNode("expired", ends: DateTimeOffset.UtcNow.AddHours(-1));
        using X509Certificate2 elsewhere = _nodes.Authority.IssueNode("elsewhere", atLoopback: false);
        using X509Certificate2 foreign = _nodes.Stranger.IssueNode("foreign");
        ServerProcess[] there = await Task.WhenAll(
            _nodes.StartAsync("expired", expired, [], []),
            _nodes.StartAsync("elsewhere", elsewhere, [], []),
            _nodes.StartAsync("foreign", foreign, [], [])
        );
        ServerProcess here = await _nodes.StartPlainAsync(there.SelectMany(SecureNodes.PlacesOf), SecureNodes.PeerToken);
        string[] reasons = ["is not trusted", "is for another name", "is not trusted"];
        for (int node = 0; node < there.Length; node++)
        {
            foreach (string place in SecureNodes.PlacesOf(there[node]))
            {
                await SaysAsync(here, $"Peer {place} cannot be reached: ");
                await ShowsAsync(here, place, $"Cannot connect to {place}: the server's certificate", reasons[node]);
            }

            // Over HTTPS that is how many a good connection ends, too: no line there.
            await SaysAsync(there[node], "A tcp handshake with 127.0.0.1:", "without a word: it may not take this server for the one it means");
            if (QuicSupport.IsSupported)
            {
                await SaysAsync(there[node], "A quic handshake", "failed");
            }
        }

        await StrangersAsync(here, there);
    }

    [Fact]
    public async Task Who_does_not_prove_to_be_a_peer_is_none_and_both_say_so_and_nothing_changes()
    {
        using X509Certificate2 certificate = _nodes.Authority.IssueNode("a");
        using X509Certificate2 expired = _nodes.Authority.IssueNode("expired", ends: DateTimeOffset.UtcNow.AddHours(-1));
        using X509Certificate2 foreign = _nodes.Stranger.IssueNode("foreign");
        ServerProcess node = await _nodes.StartAsync("a", certificate, [], []);
        string[] places = SecureNodes.PlacesOf(node);
        ServerProcess nobody = await _nodes.StartPlainAsync(places);
        ServerProcess[] unknown = [await _nodes.StartPlainAsync(places, SecureNodes.WrongToken), await _nodes.StartPlainAsync(places, SecureNodes.ReaderToken)];
        ServerProcess[] uncertified = [await _nodes.StartAsync("expired", expired, places, []), await _nodes.StartAsync("foreign", foreign, places, [])];
        foreach (string place in places)
        {
            await SaysAsync(nobody, $"Peer {place} not linked: ", "none were shown", "no token was shown");
            await SaysAsync(unknown[0], $"Peer {place} not linked: ", "credentials are");
            await SaysAsync(unknown[1], $"Peer {place} not linked: ", "looker may not: Replicate asks for peer; its role is reader");
            foreach (ServerProcess refused in uncertified)
            {
                await SaysAsync(refused, $"Peer {place} cannot be reached: ");
                await ShowsAsync(refused, place, "t may not take the certificate shown");
            }
        }

        string[] said =
        [
            "Replicate asks for credentials, and none were shown", // over HTTP
            "Credentials are asked for: no token was shown",
            "The credentials are wrong: no such token",
            "These credentials are not known here",
            "looker may not: Replicate",
        ];
        foreach (string line in said)
        {
            await SaysAsync(node, "not linked: " + line);
        }

        foreach (string transport in places.Select(place => place.StartsWith("https", StringComparison.Ordinal) ? "http" : place[..place.IndexOf(':')].TrimEnd('s')))
        {
            await SaysAsync(node, $"A {transport} handshake with 127.0.0.1:", "failed: the client's certificate \"CN=");
        }

        await StrangersAsync(node, [nobody, .. unknown, .. uncertified]);
    }

    // What is written at one is at none of the others, and each of them serves.
    private async Task StrangersAsync(ServerProcess one, ServerProcess[] others)
    {
        ServerProcess[] all = [one, .. others];
        for (int number = 0; number < all.Length; number++)
        {
            await _nodes.RegisterAsync(all[number], $"at-{number}");
        }

        for (int number = 0; number < all.Length; number++)
        {
            await _nodes.HoldsAsync(all[number], $"at-{number}");
            Assert.DoesNotContain("linked: ", all[number].Errors.Replace("not linked: ", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("bug", all[number].Errors, StringComparison.Ordinal);
        }
    }

    private async Task AgreeAsync(ServerProcess[] nodes)
    {
        string[] ids = [.. nodes.Select((_, number) => $"at-{number}")];
        await Task.WhenAll(nodes.Zip(ids, _nodes.RegisterAsync));
        await Task.WhenAll(nodes.Select(node => _nodes.HoldsAsync(node, ids)));
    }

    // A line with the first, and one of the others.
    private static Task SaysAsync(ServerProcess server, string text, params string[] anyOf) =>
        Wait.UntilAsync(
            () => Task.FromResult(server.Errors.Split('\n').Any(line => Has(line, text) && (anyOf.Length == 0 || anyOf.Any(part => Has(line, part))))),
            () => $"a line with '{text}' and '{string.Join("' or '", anyOf)}' in the log of {server.BaseUrl}:\n{server.Errors}",
            s_patience
        );

    // Its last attempt: the log has the first, which on a slow machine may have come too late to be refused.
    private async Task ShowsAsync(ServerProcess server, string place, params string[] parts)
    {
        string? why = null;
        await Wait.UntilAsync(
            async () =>
            {
                why = await _nodes.WhyAsync(server, place);
                return parts.All(part => Has(why, part));
            },
            () => $"'{string.Join("' and '", parts)}' of {place} in /v1/peers; it says '{why}'"
        );
    }

    private static bool Has(string line, string part) => line.Contains(part, StringComparison.Ordinal);
}
