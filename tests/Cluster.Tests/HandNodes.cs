using System.Text;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Testing.Support;

namespace Rollcall.Cluster.Tests;

/// <summary>Registries of some nodes on one clock, whose states are carried by hand: for what two nodes decide in a known order.</summary>
internal sealed class HandNodes
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    // A batch ends at the fourth of records of 20 kB; of small ones none is so long.
    private const int BatchBytesMax = 64_000;

    private ulong _boots;

    public HandClock Clock { get; } = new();

    /// <summary>Begins a node, or begins it again. An empty cluster: it stands alone.</summary>
    public RegistryService New(uint node, string cluster = "hand")
    {
        var registry = new RegistryService(
            new RegistryOptions
            {
                NodeId = node,
                Seed = (++_boots << 8) + node,
                GuardEnabled = false,
                Cluster = cluster.Length == 0 ? null : new ClusterOptions { ClusterId = cluster, BatchBytesMax = BatchBytesMax },
            },
            Clock
        );
        registry.Advance(registry.Now);
        return registry;
    }

    /// <summary>Time passes, in steps that are no stall, for these nodes; the others stand still.</summary>
    public void Pass(TimeSpan span, params RegistryService[] nodes)
    {
        for (TimeSpan left = span; left > TimeSpan.Zero; left -= SteppedRegistry.Step)
        {
            Clock.Pass(left < SteppedRegistry.Step ? left : SteppedRegistry.Step);
            foreach (RegistryService node in nodes)
            {
                node.Advance(node.Now);
            }
        }
    }

    /// <summary>What one node knows of a key reaches another.</summary>
    public static void Give(RegistryService from, RegistryService to, string id)
    {
        var state = new KeyedState(new ServiceName("ORDERS"), Encoding.UTF8.GetBytes(id), from.Replica!.StateOf(Key(id), from.Now));
        to.Replica!.Apply([state], 1, to.Now);
    }

    public static Registration Spoken(string id) => RegistrationBuilder.Of("orders", id) with { LeaseDuration = Lease };

    public static void Register(RegistryService registry, string id, int port = 80) =>
        Assert.Null(registry.Register(Spoken(id) with { Port = port }, registry.Now).Error);

    public static InstanceKey Key(string id) => InstanceKey.Of("orders", id);

    /// <summary>All that nodes of a cluster must agree on, a line per instance.</summary>
    public static string[] ShownBy(RegistryService registry) =>
        [.. registry.ReadSnapshot().Instances().Select(record => $"{record.Id} {record.Revision} {record.Port} {record.Override} {record.LastOverride?.Revision} {record.RegisteredAtMs}")];
}
