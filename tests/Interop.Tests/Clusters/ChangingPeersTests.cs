using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Interop.Tests.Links;
using Rollcall.Interop.Tests.Restarting;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>The peers of a running server change with the file that names them. Real processes.</summary>
public sealed class ChangingPeersTests : IAsyncLifetime
{
    private const string Token = "8f14e45fceea167a5a36dedd4bea2543";

    private readonly TemporaryFolder _folder = new();
    private ServerProcess _node = null!;
    private ServerProcess _first = null!;
    private ServerProcess _second = null!;

    private string File => _folder["settings.json"];

    public async Task InitializeAsync()
    {
        Write("");
        ServerProcess[] all = await Task.WhenAll(StartAsync("--config", File), StartAsync(), StartAsync());
        (_node, _first, _second) = (all[0], all[1], all[2]);
    }

    public async Task DisposeAsync()
    {
        foreach (ServerProcess server in (ServerProcess[])[_node, _first, _second])
        {
            await server.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task One_that_is_added_is_linked_and_one_that_is_taken_away_leaves_nothing()
    {
        await RegisterAsync(_first, "at-first");
        Write($"{PeerOf(_first)} {PeerOf(_second)}");
        await HoldsAsync(_second, "at-first");

        Write(PeerOf(_second));
        await ShowsAsync(_node, PeerOf(_second));
        await ShowsAsync(_first);
        await RegisterAsync(_first, "at-first-alone");
        await RegisterAsync(_second, "at-second");
        await HoldsAsync(_node, "at-first", "at-second");
        await HoldsAsync(_first, "at-first", "at-first-alone");

        Write("");
        await ShowsAsync(_node);
        await SaysAsync("the peers are now: none");
        Write(PeerOf(_first));
        await HoldsAsync(_node, "at-first", "at-first-alone", "at-second");
    }

    [Fact]
    public async Task What_is_wrong_changes_nothing_and_is_said()
    {
        Write(PeerOf(_first));
        await ShowsAsync(_node, PeerOf(_first));

        Write($"{PeerOf(_second)} tcp://me:{Token}@nowhere:99999 tcp://registry.example:8762");
        await SaysAsync("so nothing changes: Rollcall:Peers:Addresses: is no address of a peer");
        await SaysAsync("so nothing changes: Rollcall:Peers:Addresses = tcp://registry.example:8762: is dialled without TLS");
        System.IO.File.WriteAllText(File, "{ \"Rollcall\": ");
        await SaysAsync("so nothing changes: " + File);
        System.IO.File.Delete(File);
        await SaysAsync(File + ": is there no more");
        await ShowsAsync(_node, PeerOf(_first));
        Assert.DoesNotContain(Token, _node.Errors, StringComparison.Ordinal);

        // And what else has changed is not taken for done.
        Write(PeerOf(_second), """, "Core": { "LeaseGrace": "5s" } """);
        await ShowsAsync(_node, PeerOf(_second));
        await SaysAsync("that take a restart: Rollcall:Core:LeaseGrace");
    }

    [LongFact]
    public async Task A_peer_that_is_to_be_shown_another_token_is_dialled_anew()
    {
        string credentials = _folder["credentials"];
        System.IO.File.WriteAllText(credentials, $"peer peer token {Token}");
        await using ServerProcess guarded = await StartAsync("--credentials", credentials);
        string place = PeerOf(guarded);
        Write(place);
        await SaysAsync($"Peer {place} not linked: ");
        Write(place.Replace("//", $"//peer:{Token}@", StringComparison.Ordinal));
        await ShowsAsync(_node, place);
        Assert.DoesNotContain(Token, _node.Errors, StringComparison.Ordinal);
    }

    private static Task<ServerProcess> StartAsync(params string[] options) =>
        ServerProcess.StartAsync(["--cluster", "changing", "--Rollcall:Cluster:WarmUpMax", "0s", .. options]);

    private static string PeerOf(ServerProcess server) => server.AddressOf("tcp").ToString().TrimEnd('/');

    private void Write(string peers, string more = "")
    {
        // As an editor does it, or a container: the file is another at once.
        string text = $$"""{ "Rollcall": { "Peers": { "Addresses": "{{peers}}" }{{more}} } }""";
        System.IO.File.WriteAllText(File + ".new", text);
        System.IO.File.Move(File + ".new", File, overwrite: true);
    }

    private Task SaysAsync(string text) =>
        Wait.UntilAsync(
            () => Task.FromResult(_node.Errors.Contains(text, StringComparison.Ordinal)),
            () => $"'{text}' in its log:\n{_node.Errors}"
        );

    // These peers and no others, each linked.
    private static async Task ShowsAsync(ServerProcess server, params string[] peers)
    {
        using var client = new HttpClient();
        JsonElement shown = default;
        await Wait.UntilAsync(
            async () =>
            {
                shown = await client.GetFromJsonAsync<JsonElement>(new Uri(server.BaseUrl, "v1/peers"));
                IEnumerable<string> states = shown.GetProperty("peers").EnumerateArray().Select(peer => $"{Text(peer, "address")} {Text(peer, "state")}");
                return states.SequenceEqual(peers.Select(peer => peer + " linked"));
            },
            () => $"{string.Join(" and ", peers)} as the peers, linked; it has {shown}; it said:\n{server.Errors}"
        );
    }

    private static string? Text(JsonElement peer, string name) => peer.GetProperty(name).GetString();

    private static async Task RegisterAsync(ServerProcess server, string id)
    {
        await using IRegistryLink link = await Dial.OpenAsync(server, "tcp");
        Assert.Null((await link.RegisterAsync(RegistrationBuilder.Of("orders", id))).Error);
    }

    private static async Task HoldsAsync(ServerProcess server, params string[] ids)
    {
        await using IRegistryLink link = await Dial.OpenAsync(server, "tcp");
        string[] held = [];
        await Wait.UntilAsync(
            async () =>
            {
                held = [.. (await link.ReadAsync(InstanceFilter.All)).Instances.Select(instance => instance.Id).Order(StringComparer.Ordinal)];
                return held.SequenceEqual(ids);
            },
            () => string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", ids)} at {server.BaseUrl}, which has {string.Join(", ", held)}")
        );
    }
}
