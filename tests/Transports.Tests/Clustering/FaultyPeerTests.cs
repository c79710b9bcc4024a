using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Testing.Support;
using Rollcall.Transports.Tests.Peering;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Peering;

namespace Rollcall.Transports.Tests.Clustering;

/// <summary>A peer that sends what it cannot have taken in from an owner: the rest of what it says counts.</summary>
public sealed class FaultyPeerTests
{
    private const int LeftOut = 52;
    private const ulong Boot = 77;

    [Fact]
    public async Task What_no_registry_takes_in_is_left_out_and_said_once_per_link()
    {
        await using TestNode node = await TestNode.StartAsync(1);
        for (uint link = 1; link <= 2; link++)
        {
            var lane = new MemoryLane();
            await using var here = new WirePeerLane(lane.Server, new PeerPath("the faulty one"), Packing.None, new WireOptions());
            await using var there = new WirePeerLane(lane.Client, new PeerPath("node"), Packing.None, new WireOptions());
            Task accepted = node.Host.AcceptAsync(here, CancellationToken.None);
            await SayAsync(there, link);
            await node.UntilAsync(() => node.Registry.Find(InstanceKey.Of("orders", $"good-{link}")) is not null, "what is in order");
            PeerReport report = node.Host.Node.Report(node.Registry.Now).Single(peer => peer.Node == 10 + link);
            Assert.Equal(3, report.Link!.Path!.LeftOut);
            there.Break();
            await there.DisposeAsync();
            await accepted;
        }

        Assert.Null(node.Registry.Find(InstanceKey.Of("orders", "bad")));
        Assert.Equal(2, node.Log.CountOf(LeftOut));
        Assert.All(node.Log.LinesOf(LeftOut), line => Assert.Contains("metadata value of a holds U+0000", line, StringComparison.Ordinal));
    }

    private static async Task SayAsync(WirePeerLane lane, uint link)
    {
        Registration bad = PeerSamples.Said("bad") with { Metadata = [new("a", "\0")] };
        KeyedState[] first = [PeerSamples.Live(bad), PeerSamples.Live(bad with { HostName = "" })];
        KeyedState[] second = [PeerSamples.Live(bad), PeerSamples.Live(PeerSamples.Said($"good-{link}"))];
        await lane.SendAsync(new PeerHello(10 + link, "test", new RegistryVersion(Boot, 4), Warming: false, Heard: true));
        await lane.SendAsync(new FeedBatch(Boot, 0, 2, Reset: false, first));
        await lane.SendAsync(new FeedBatch(Boot, 2, 4, Reset: false, second));
        await lane.FlushAsync();
    }
}
