using System.Globalization;
using Rollcall.Interop.Tests.Restarting;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>Three real server processes, each the peer of the others, with a breakable way for each that dials another.</summary>
/// <remarks>Owner: one test. Ports stay with their node over restarts; each node keeps its data in a folder of its own.</remarks>
internal sealed class NodeCluster : IAsyncDisposable
{
    public const int Count = 3;

    private readonly ServerProcess[] _nodes = new ServerProcess[Count];
    private readonly Way?[,] _ways = new Way?[Count, Count];
    private readonly TemporaryFolder[] _data = [.. Enumerable.Range(0, Count).Select(_ => new TemporaryFolder())];

    private NodeCluster() { }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<ServerProcess> Nodes => _nodes;

    /// <summary>Bytes that have passed between nodes.</summary>
    public long Passed => _ways.Cast<Way?>().Sum(way => way?.Passed ?? 0);

    /// <summary>Starts the nodes, and waits until each has the others and serves reads.</summary>
    /// <param name="schemes">How 0 and 1, 1 and 2, 2 and 0 speak with each other.</param>
    /// <param name="optionsOf">More arguments for each.</param>
    public static async Task<NodeCluster> StartAsync(string[] schemes, Func<int, string[]> optionsOf)
    {
        var cluster = new NodeCluster();
        int[][] ports = [.. Enumerable.Range(0, Count).Select(_ => new[] { QuietPort.Next(), QuietPort.Next(), QuietPort.Next() })];
        for (int from = 0; from < Count; from++)
        {
            for (int to = 0; to < Count; to++)
            {
                if (from != to)
                {
                    string scheme = SchemeOf(schemes, from, to);
                    cluster._ways[from, to] = Way.For(scheme, ports[to][PortOf(scheme)]);
                }
            }
        }

        try
        {
            for (int node = 0; node < Count; node++)
            {
                cluster._nodes[node] = ServerProcess.Run(
                    [.. ListeningOn(ports[node], withQuic: schemes.Contains("quic")), .. cluster.Cluster(node, schemes), .. optionsOf(node)]
                );
            }

            await Task.WhenAll(cluster._nodes.Select(node => node.WaitUntilReadyAsync()));
            await cluster.IsWarmAsync([.. cluster._nodes]);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a node keeps what it needs for a warm restart.</summary>
    public TemporaryFolder DataOf(int node) => _data[node];

    /// <summary>The ways between two nodes are cut: what is under way ends, nobody gets through.</summary>
    public void Cut(int one, int other) => Each(one, other, (way, _) => way.Cut());

    /// <summary>What <paramref name="from"/> sends to <paramref name="to"/> gets nowhere; the other way it does.</summary>
    public void Silence(int from, int to) =>
        Each(from, to, (way, dialler) => way.Silence(dialler == from ? Direction.Forth : Direction.Back));

    /// <summary>Everything passes again between two nodes.</summary>
    public void Heal(int one, int other) => Each(one, other, (way, _) => way.Heal());

    /// <summary>Waits until these nodes serve reads of the whole.</summary>
    public async Task IsWarmAsync(params ServerProcess[] nodes)
    {
        using var client = new HttpClient();
        foreach (ServerProcess node in nodes)
        {
            await Wait.UntilAsync(
                async () =>
                {
                    using HttpResponseMessage answer = await client.GetAsync(new Uri(node.BaseUrl, "v1/services"));
                    return answer.IsSuccessStatusCode;
                },
                () => $"{node.BaseUrl} to serve reads; it said:\n{node.Errors}"
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess node in _nodes.OfType<ServerProcess>())
        {
            await node.DisposeAsync();
        }

        foreach (Way way in _ways.OfType<Way>())
        {
            await way.DisposeAsync();
        }

        foreach (TemporaryFolder folder in _data)
        {
            folder.Dispose();
        }
    }

    private static string SchemeOf(string[] schemes, int one, int other) => schemes[(one + 1) % Count == other ? one : other];

    private static int PortOf(string scheme) =>
        scheme switch
        {
            "http" => 0,
            "tcp" => 1,
            _ => 2,
        };

    private static string[] ListeningOn(int[] ports, bool withQuic) =>
        [
            "--http",
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[0]}"),
            "--tcp",
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports[1]}"),
            "--quic",
            withQuic ? string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports[2]}") : "off",
        ];

    private IEnumerable<string> Cluster(int node, string[] schemes)
    {
        yield return "--data";
        yield return _data[node].Path;
        for (int to = 0; to < Count; to++)
        {
            if (to != node)
            {
                yield return "--peer";
                yield return string.Create(CultureInfo.InvariantCulture, $"{SchemeOf(schemes, node, to)}://127.0.0.1:{_ways[node, to]!.Port}");
            }
        }
    }

    private void Each(int one, int other, Action<Way, int> act)
    {
        act(_ways[one, other]!, one);
        act(_ways[other, one]!, other);
    }
}
