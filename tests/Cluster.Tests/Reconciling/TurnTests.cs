using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Testing.Support;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>
/// A node is in one repair at a time, so that what differs from two peers travels once, and a peer that falls silent holds up no other for
/// good; but peers that have just started are served side by side.
/// </summary>
public sealed class TurnTests
{
    private const int RingCapacity = 1_024;

    // More than the ring keeps: a new link finds what is missing by repair.
    private const int Held = 1_100;

    private const int Differences = 300;

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);

    private readonly HandClock _clock = new();

    // Of the nodes 1, 2 and 3.
    private ClusterNode[] _nodes;
    private readonly List<Joint> _joints = [];
    private readonly List<(uint From, uint To, PeerMessage Message)> _said = [];

    public TurnTests() => _nodes = [New(1), New(2), New(3)];

    [Theory]
    [InlineData(1)] // it leads both repairs
    [InlineData(2)]
    [InlineData(3)] // both are led by the others, at once
    public void What_a_node_that_comes_back_differs_in_travels_to_one_peer(uint away)
    {
        ClusterNode back = _nodes[away - 1];
        ClusterNode[] others = [.. _nodes.Where(node => node != back)];
        Differ(back, others);
        Join(others[0], others[1]);
        Pass(TimeSpan.FromSeconds(2));
        _said.Clear();
        Join(back, others[0]);
        Join(back, others[1]);
        Pass(TimeSpan.FromSeconds(5));
        Assert.Single(_nodes.Select(node => node.Registry.Replica!.ReadDigest().Root).Distinct());
        (uint, uint)[] links = [.. _said.Where(said => said.Message is SymbolsAnswer).Select(said => (said.From, said.To)).Distinct()];
        Assert.Single(links);
        int moved = _said.Sum(said => said.Message is ItemsAnswer answer ? answer.States.Count : said.Message is ItemsPush push ? push.States.Count : 0);
        Assert.Equal(2 * Differences, moved);
        Assert.All(_nodes, node => Assert.All(node.Peers(Now), peer => Assert.NotNull(peer.EqualAt)));
    }

    [Theory]
    [InlineData(1)] // it waits for the answer of one that it leads
    [InlineData(3)] // it waits for the next question of one that leads
    public void A_peer_that_falls_silent_amid_a_repair_holds_up_the_other_no_longer_than_a_repair_may_stand_still(uint away)
    {
        ClusterNode back = _nodes[away - 1];
        ClusterNode[] others = [.. _nodes.Where(node => node != back)];
        Differ(back, others);
        Joint first = Join(back, others[0]);
        first.IsMuteAfter = message => message is DigestAnswer;
        Pass(TimeSpan.FromSeconds(1));
        Assert.Contains(_said, said => said.Message is DigestAnswer { IsBusy: false });
        Join(back, others[1]);
        Pass(TimeSpan.FromSeconds(5));
        Assert.NotEqual(Root(back), Root(others[1]));
        Pass(back.Options.RepairTimeout);
        Assert.Equal(Root(back), Root(others[1]));
        Assert.NotEqual(Root(back), Root(others[0]));
    }

    [Theory]
    [InlineData(1)] // it leads both repairs
    [InlineData(2)]
    [InlineData(3)] // both are led by the others, at once
    public void Nodes_that_start_are_served_side_by_side_and_one_that_falls_silent_holds_up_none(uint whole)
    {
        _nodes = [.. _nodes.Select(node => node.Registry.NodeId == whole ? node : New(node.Registry.NodeId, expectsPeers: true))];
        ClusterNode full = _nodes[whole - 1];
        ClusterNode[] starting = [.. _nodes.Where(node => node != full)];
        for (int i = 0; i < Held; i++)
        {
            Register(full, $"i-{i}");
        }

        Joint silent = Join(full, starting[0]);
        silent.IsMuteAfter = message => message is ItemsPush or ItemsRequest;
        Join(full, starting[1]);
        Pass(TimeSpan.FromSeconds(1));
        Assert.True(silent.IsMute);
        Assert.Equal(Root(full), Root(starting[1]));
        Assert.Null(starting[1].Warming);
        Assert.NotNull(starting[0].Warming);
    }

    private MonotonicTime Now => _nodes[0].Registry.Now;

    private static ulong Root(ClusterNode node) => node.Registry.Replica!.ReadDigest().Root;

    private ClusterNode New(uint id, bool expectsPeers = false)
    {
        var registry = new RegistryService(
            new RegistryOptions
            {
                NodeId = id,
                Seed = id,
                StripeCount = 4,
                ChangeRingCapacity = RingCapacity,
                GuardEnabled = false,
                Cluster = new ClusterOptions { ClusterId = "turns" },
            },
            _clock
        );
        registry.Advance(registry.Now);
        return new ClusterNode(registry, expectsPeers, registry.Now);
    }

    // The one has instances that the others lack, and the other way round; the others hold the same.
    private static void Differ(ClusterNode one, ClusterNode[] others)
    {
        for (int i = 0; i < Held; i++)
        {
            Register(one, $"both-{i}");
        }

        Give(one, others[0]);
        for (int i = 0; i < Differences; i++)
        {
            Register(others[0], $"there-{i}");
            Register(one, $"here-{i}");
        }

        Give(others[0], others[1]);
        Assert.Equal(Root(others[0]), Root(others[1]));
    }

    private static void Register(ClusterNode node, string id) =>
        Assert.Null(node.Registry.Register(RegistrationBuilder.Of("ORDERS", id), node.Registry.Now).Error);

    private static void Give(ClusterNode from, ClusterNode to)
    {
        Replica replica = from.Registry.Replica!;
        IEnumerable<Instance> records = from.Registry.ReadSnapshot().Instances();
        to.Registry.Replica!.Apply([.. records.Select(record => replica.KeyedStateOf(record, from.Registry.Now))], 0, to.Registry.Now);
    }

    private Joint Join(ClusterNode a, ClusterNode b)
    {
        var joint = new Joint(a, a.Connect(dialled: true, Now), b, b.Connect(dialled: false, Now));
        _joints.Add(joint);
        return joint;
    }

    private void Pass(TimeSpan span)
    {
        for (TimeSpan left = span; left > TimeSpan.Zero; left -= s_step)
        {
            _clock.Pass(s_step);
            foreach (ClusterNode node in _nodes)
            {
                node.Tick(Now);
            }

            while (_joints.Aggregate(false, (moved, joint) => Carry(joint) || moved))
            {
            }
        }
    }

    private bool Carry(Joint joint) => Carry(joint, joint.A, joint.LinkA, joint.B, joint.LinkB) | Carry(joint, joint.B, joint.LinkB, joint.A, joint.LinkA);

    private bool Carry(Joint joint, ClusterNode from, ushort link, ClusterNode to, ushort toLink)
    {
        bool any = false;
        while (!joint.IsMute && from.TryTake(link, Now, out PeerMessage message))
        {
            any = true;
            _said.Add((from.Registry.NodeId, to.Registry.NodeId, message));
            joint.IsMute = joint.IsMuteAfter(message);
            if (!joint.IsMute)
            {
                to.Receive(toLink, message, Now);
            }
        }

        return any;
    }

    private sealed record Joint(ClusterNode A, ushort LinkA, ClusterNode B, ushort LinkB)
    {
        public Func<PeerMessage, bool> IsMuteAfter { get; set; } = _ => false;

        public bool IsMute { get; set; }
    }
}
