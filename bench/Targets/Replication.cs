using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Targets;

/// <summary>Rows 14, 15 and 19: what a cluster costs, counted on links inside one process. Seconds are of a processor, over all nodes' work.</summary>
internal static class Replication
{
    private const string InProcess = "Nodes in one process and one thread, messages encoded and decoded but not packed, no sockets; seconds are the processor time of all nodes' work.";

    /// <summary>Row 14: 100,000 owners renew every 30 s at one node; what its peer is told.</summary>
    public static Measurement Heartbeats()
    {
        var cluster = new BenchCluster();
        FleetRegistry home = cluster.Add(TargetSize.HundredThousand);
        cluster.Add(0);
        cluster.Join(0, 1);
        cluster.Converge();
        cluster.Pass(TimeSpan.FromSeconds(6));
        cluster.CountAnew();
        long heartbeats = 0;
        for (int second = 0; second < 60; second++)
        {
            for (int i = second % 30; i < home.Handles.Length; i += 30)
            {
                heartbeats += home.Registry.Renew(home.Handles[i], home.Now) ? 1 : 0;
            }

            cluster.Pass(TimeSpan.FromSeconds(1));
        }

        if (heartbeats != 2L * TargetSize.HundredThousand)
        {
            throw new InvalidOperationException($"{heartbeats} renewals were accepted");
        }

        return new Measurement(
            [
                new Figure("replication bytes per heartbeat and peer, 100k instances", Spread.Exactly(cluster.Sent.RenewalBytes / (double)heartbeats), "B")
                {
                    Ship = 4,
                    Target = 1,
                },
                new Figure("the same with all else that the link carries", Spread.Exactly(cluster.Sent.Bytes / (double)heartbeats), "B"),
            ],
            InProcess
        );
    }

    /// <summary>Rows 15 and 19 at once: a million instances reach two new nodes; then one is cut off, and they differ in 10,000.</summary>
    public static Measurement Heal()
    {
        (BenchCluster cluster, FleetRegistry[] nodes, _) = Copied(news: 2);
        cluster.Join(1, 2);
        cluster.Pass(TimeSpan.FromSeconds(2));
        cluster.Part(0, 2);
        cluster.Part(1, 2);
        const int differences = TargetSize.TenThousand;
        for (int i = 0; i < differences; i++)
        {
            nodes[i % 2 == 0 ? 0 : 2].Register(i * 97);
        }

        cluster.Converge(among: 2);
        cluster.CountAnew();
        cluster.Join(0, 2);
        cluster.Join(1, 2);
        cluster.Converge();
        TimeSpan took = cluster.Cpu;
        cluster.Pass(TimeSpan.FromSeconds(1)); // what is still said of it
        double asked = (cluster.Sent.Bytes - cluster.Sent.RecordBytes) / (double)differences;
        return new Measurement(
            [
                new Figure("heal, 10k differences in 1M, 3 nodes: bytes per difference beside the records, both links", Spread.Exactly(asked), "B")
                {
                    Ship = 400,
                    Target = 40,
                },
                new Figure("the same: records that travel per difference", Spread.Exactly(cluster.Sent.Records / (double)differences), ""),
                new Figure("the same: bytes of a record", Spread.Exactly(cluster.Sent.RecordBytes / (double)cluster.Sent.Records), "B"),
                new Figure("the same: seconds", Spread.Exactly(took.TotalSeconds), "s"),
            ],
            InProcess,
            "Half of the differences are on either side; the rings of changes are shorter than what was missed, so all is found by repair."
        );
    }

    /// <summary>Row 19: a new node copies a million instances.</summary>
    public static Measurement Copy()
    {
        (BenchCluster cluster, FleetRegistry[] nodes, TimeSpan took) = Copied(news: 1);
        int held = nodes[1].Registry.ReadSnapshot().Count;
        if (held != TargetSize.Million)
        {
            throw new InvalidOperationException($"the new node holds {held} instances");
        }

        return new Measurement(
            [
                new Figure("a new node copies 1M instances: bytes per instance", Spread.Exactly(cluster.Sent.Bytes / (double)TargetSize.Million), "B"),
                new Figure("the same: times that each record travels", Spread.Exactly(cluster.Sent.Records / (double)TargetSize.Million), "")
                {
                    Ship = 1.01,
                    Target = 1,
                },
                new Figure("the same: seconds", Spread.Exactly(took.TotalSeconds), "s"),
            ],
            InProcess
        );
    }

    private static (BenchCluster Cluster, FleetRegistry[] Nodes, TimeSpan Took) Copied(int news)
    {
        var cluster = new BenchCluster();
        FleetRegistry[] nodes = [cluster.Add(TargetSize.Million), .. Enumerable.Range(0, news).Select(_ => cluster.Add(0))];
        for (int i = 1; i <= news; i++)
        {
            cluster.Join(0, i);
        }

        cluster.Converge();
        return (cluster, nodes, cluster.Cpu);
    }
}
