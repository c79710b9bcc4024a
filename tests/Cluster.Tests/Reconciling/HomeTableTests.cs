using Rollcall.Core.Leases;
using Rollcall.Core.Replication;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>What renewals by number are looked up in takes memory for live leases, not for all that was ever told.</summary>
public sealed class HomeTableTests
{
    private const int InstancesMax = 102_400; // 100 chunks of leases
    private const int ChunksMax = 1_024 + (8 * 100);

    private static readonly LeaseHandle s_live = new(3, 5);

    private readonly LeaseDirectory _leases = new();
    private readonly HomeTable _homes;

    public HomeTableTests()
    {
        var chunk = new LeaseSlot[LeaseDirectory.ChunkSize];
        chunk[3].SetLengths(100, 10);
        chunk[3].Start(1, generation: 5);
        _leases.Add(chunk, null!, 0);
        _homes = new HomeTable(_leases, InstancesMax);
    }

    [Fact]
    public void Boots_that_are_over_are_forgotten_and_live_leases_are_not()
    {
        _homes.Bind(Of(node: 1, number: 7), s_live);
        for (uint i = 0; i < 20_000; i++)
        {
            int place = _homes.Bind(Of(node: 100 + i, number: 7), new LeaseHandle(4, 9)); // that lease is over
            Assert.Equal((100 + i, 1UL), _homes.OriginAt(place));
        }

        Assert.InRange(_homes.ChunkCount, 1, 1_024);
        Assert.Equal(s_live, _homes.Find(1, 1, 7));
        Assert.True(_homes.Find(50_000, 1, 7).IsNone);
    }

    [Fact]
    public void Numbers_that_a_peer_makes_up_are_bound_up_to_a_limit()
    {
        for (uint i = 0; i < 5_000; i++)
        {
            _homes.Bind(Of(node: 1, number: i << LeaseDirectory.ChunkBits), s_live);
        }

        Assert.Equal(ChunksMax, _homes.ChunkCount);
        Assert.Equal(s_live, _homes.Find(1, 1, 0));
        Assert.True(_homes.Find(1, 1, 4_999 << LeaseDirectory.ChunkBits).IsNone);
    }

    private static Home Of(uint node, uint number) => new(node, 1, number, 1);
}
