using System.Globalization;
using System.Text.Json;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Clusters;

/// <summary>A server of a <see cref="ServerCluster"/>, the ways by which it dials others, and its own view of its peers.</summary>
/// <remarks>Owner: one row. Disposing kills the process.</remarks>
internal sealed class ClusterMember(ServerUnderLoad server, IReadOnlyList<CountingWay> ways) : IAsyncDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server.Http };

    public ServerUnderLoad Server => server;

    /// <summary>To the members that were there before it, in their order.</summary>
    public IReadOnlyList<CountingWay> Ways => ways;

    /// <summary>How many instances it holds.</summary>
    public async Task<int> CountAsync() => (await ReadAsync("v1")).GetProperty("instances").GetInt32();

    /// <summary>The links that it has.</summary>
    public async Task<IReadOnlyList<LinkState>> LinksAsync() =>
        [
            .. (await ReadAsync("v1/peers"))
                .GetProperty("peers")
                .EnumerateArray()
                .Where(peer => peer.TryGetProperty("lagChanges", out _)) // a peer whose link has just ended may still be said to be linked
                .Select(peer => new LinkState(
                    peer.GetProperty("lagChanges").GetInt64(),
                    peer.GetProperty("equalAt").GetString() is { } at ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture) : null,
                    peer.GetProperty("bytesSent").GetInt64() + peer.GetProperty("bytesReceived").GetInt64()
                )),
        ];

    /// <summary>True if it serves reads of lists.</summary>
    public async Task<bool> IsWarmAsync()
    {
        using HttpResponseMessage answer = await _http.GetAsync(new Uri("v1/instances?service=nobody", UriKind.Relative));
        return answer.IsSuccessStatusCode;
    }

    /// <summary>The status of an instance; null: it is not there.</summary>
    public async Task<string?> StatusOfAsync(string service, string id)
    {
        using HttpResponseMessage answer = await _http.GetAsync(new Uri($"v1/instances/{service}/{Uri.EscapeDataString(id)}", UriKind.Relative));
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("status").GetString()
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await server.DisposeAsync();
        foreach (CountingWay way in ways)
        {
            way.Dispose();
        }
    }

    private async Task<JsonElement> ReadAsync(string path)
    {
        using JsonDocument document = JsonDocument.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative)));
        return document.RootElement.Clone();
    }
}

/// <summary>A link as a server sees it.</summary>
/// <param name="Lag">Changes that the peer has not acknowledged.</param>
/// <param name="EqualAt">When the two were found, or made, equal.</param>
/// <param name="Bytes">Sent and received, by its own count.</param>
internal readonly record struct LinkState(long Lag, DateTimeOffset? EqualAt, long Bytes);
