using System.Globalization;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Load.Clusters;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Targets;

/// <summary>Row 14 between processes: what a peer is sent for a heartbeat, and for a change, over TCP.</summary>
internal static class ReplicationBytes
{
    private const int Windows = 5;
    private const int SetsPerWindow = 2;
    private const int Services = 1_000;
    private const int EurekaInstances = 250;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>At full size, or smaller for a test.</summary>
    /// <param name="instances">How many renew at one node.</param>
    /// <param name="flags">More options of the servers.</param>
    public static async Task<Measurement> MeasureAsync(int instances = 100_000, params string[] flags)
    {
        double eureka = await EurekaItemAsync(flags);
        await using var cluster = new ServerCluster(flags);
        ClusterMember home = await cluster.AddAsync();
        WireFleet fleet = await WireFleet.RegisterAsync(home.Server.Tcp, instances, Services, 3 * s_interval);
        using var heartbeats = new HeartbeatThread(home.Server.Tcp, fleet.Shuffled(), s_interval);
        ClusterMember peer = await cluster.AddAsync();
        await ServerCluster.IsWarmAsync(peer);
        LinkTraffic link = peer.Ways.Single().Traffic;
        await cluster.IsEqualAsync(peer, DateTimeOffset.MinValue);
        link.Take();
        await SetsAsync(link, 2); // what the peer did not know when it was told, it asks for behind the first
        var windows = new List<Window>();
        for (int i = 0; i < Windows; i++)
        {
            windows.Add(await WindowAsync(home, link, heartbeats));
        }

        IReadOnlyList<Figure> changes = await ChangeBytes.MeasureAsync(cluster, fleet);
        string control = string.Create(CultureInfo.InvariantCulture, $"{eureka:F0} B in the JSON that a Java server is sent");
        return new Measurement(
            [
                Figure($"over TCP, replication bytes per heartbeat and peer, {SizeText.Of(instances)} instances", window => window.Passed.RenewalBytes),
                Figure("over TCP, the same with all else that the link carries, both ways", window => window.ByServer),
                Figure("over TCP, the same as a forwarder between the two counts it", window => window.Passed.Bytes),
                .. changes,
            ],
            $"Servers as they ship; each instance renews every {s_interval.TotalSeconds} s at one node, in random order; {Windows} windows of {SetsPerWindow} sets of renewals, "
                + $"each behind a whole set; {windows.Sum(window => window.Heartbeats):N0} heartbeats in all.",
            "What the link carries is the server's own count, from /v1/peers. What of it is renewals, and of what kind a change's bytes are, says the forwarder.",
            $"The JSON: bodies that a server sends whose peer is eureka+http, over their items; {EurekaInstances:N0} instances, each renewed twice.",
            ChangeBytes.Note
        );

        Figure Figure(string name, Func<Window, double> bytes) =>
            new(name, Spread.Of(windows.Select(window => bytes(window) / window.Heartbeats)), "B")
            {
                Ship = 4,
                Target = 1,
                Control = control,
            };
    }

    // From set to set: each tells exactly what was renewed since the one before.
    private static async Task<Window> WindowAsync(ClusterMember home, LinkTraffic link, HeartbeatThread heartbeats)
    {
        link.Take();
        (long renewed, long bytes) = (heartbeats.Renewed, await BytesAsync(home));
        await SetsAsync(link, SetsPerWindow);
        return new Window(heartbeats.Renewed - renewed, await BytesAsync(home) - bytes, link.Take());
    }

    private static Task SetsAsync(LinkTraffic link, int count) =>
        Deadline.UntilAsync(() => link.RenewSets >= count, () => $"{count} sets of renewals pass; {link.RenewSets} did", s_patience);

    private static async Task<long> BytesAsync(ClusterMember member) => (await member.LinksAsync()).Single().Bytes;

    private static async Task<double> EurekaItemAsync(string[] flags)
    {
        await using JavaListener java = await JavaListener.StartAsync();
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync(["--peer", java.Address, .. flags]);
        WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, EurekaInstances, Services);
        using var connection = new FrameConnection(server.Tcp);
        await Deadline.UntilAsync(
            () => WireFleet.Renew(connection, fleet.Handles) == 0 && java.Told.Heartbeats >= 2 * EurekaInstances,
            () => $"{2 * EurekaInstances} heartbeats reach a Java server; {java.Told.Heartbeats} did",
            s_patience
        );
        return (double)java.Told.Bytes / java.Told.Heartbeats;
    }

    private sealed record Window(long Heartbeats, long ByServer, TrafficCount Passed);
}
