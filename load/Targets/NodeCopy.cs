using System.Diagnostics;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Load.Clusters;
using Rollcall.Load.Connections;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Targets;

/// <summary>Row 19 between processes: a new, empty node copies all that a peer has, while its owners go on renewing there.</summary>
internal static class NodeCopy
{
    private const int Repeats = 3;
    private const int Services = 5_000;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    /// <summary>At full size, or smaller for a test.</summary>
    /// <param name="instances">How many the peer holds.</param>
    public static async Task<Measurement> MeasureAsync(int instances = 1_000_000)
    {
        await using var cluster = new ServerCluster();
        ClusterMember peer = await cluster.AddAsync();
        WireFleet fleet = await WireFleet.RegisterAsync(peer.Server.Tcp, instances, Services);
        var copies = new List<Copy>();
        using (new HeartbeatThread(peer.Server.Tcp, fleet.Handles, s_interval))
        {
            for (int i = 0; i < Repeats; i++)
            {
                copies.Add(await CopyAsync(cluster, instances));
            }
        }

        return new Measurement(
            [
                new Figure($"over TCP, a new node copies {SizeText.Of(instances)} instances: bytes per instance", Of(copy => (double)copy.Traffic.Bytes / instances), "B"),
                new Figure("over TCP, the same: times that each record travels", Of(copy => (double)copy.Traffic.Records / instances), "")
                {
                    Ship = 1.01,
                    Target = 1,
                },
                new Figure("over TCP, the same: seconds from the link to its first read of a list", Of(copy => copy.Took.TotalSeconds), "s"),
                new Figure("over TCP, the same: seconds from the start of its process", Of(copy => copy.WithStart.TotalSeconds), "s"),
                new Figure("over TCP, the same: processor time of the new node", Of(copy => copy.Cpu.TotalSeconds), "s"),
                new Figure("over TCP, the same: processor time of its peer", Of(copy => copy.PeerCpu.TotalSeconds), "s"),
                new Figure("over TCP, the same: resident memory of the new node", Of(copy => copy.ResidentBytes / 1e6), "MB"),
            ],
            $"Servers as they ship, guard on; all instances renew every {s_interval.TotalSeconds} s at the peer meanwhile, and the sets of renewals are counted in.",
            "Counted by a forwarder between the two, packed as it passed; after each copy the new node held all, or the row would have failed."
        );

        Spread Of(Func<Copy, double> value) => Spread.Of(copies.Select(value));
    }

    private static async Task<Copy> CopyAsync(ServerCluster cluster, int instances)
    {
        ProcessReading before = cluster.Members[0].Server.Process.Read();
        long start = Stopwatch.GetTimestamp();
        ClusterMember added = await cluster.AddAsync();
        await ServerCluster.IsWarmAsync(added);
        long warm = Stopwatch.GetTimestamp();
        LinkTraffic link = added.Ways.Single().Traffic;
        int held = await added.CountAsync();
        if (held != instances)
        {
            throw new InvalidOperationException($"the new node serves reads and holds {held} of {instances} instances");
        }

        ProcessReading after = added.Server.Process.Read();
        var copy = new Copy(
            link.Take(),
            Stopwatch.GetElapsedTime(link.LinkedAt, warm),
            Stopwatch.GetElapsedTime(start, warm),
            after.Cpu,
            new ProcessUse(before, cluster.Members[0].Server.Process.Read()).Cpu,
            after.ResidentBytes
        );
        await cluster.RemoveAsync(added);
        return copy;
    }

    private sealed record Copy(TrafficCount Traffic, TimeSpan Took, TimeSpan WithStart, TimeSpan Cpu, TimeSpan PeerCpu, long ResidentBytes);
}
