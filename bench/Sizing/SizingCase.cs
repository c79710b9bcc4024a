using System.Text.Json.Serialization;
using Rollcall.Bench.Fleet;

namespace Rollcall.Bench.Sizing;

/// <summary>How the nodes are linked.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClusterShape>))]
internal enum ClusterShape
{
    /// <summary>Each with each.</summary>
    Mesh,

    /// <summary>Each with the next; regions lie side by side.</summary>
    Ring,

    /// <summary>In each region all with its first node; the first nodes with each other.</summary>
    Star,
}

/// <summary>A cluster to be sized: its nodes, its lines, what it holds.</summary>
/// <param name="Nodes">How many; two regions share them, the first has the odd one.</param>
/// <param name="Regions">One, or two with a long line between them.</param>
/// <param name="Shape">How they are linked.</param>
/// <param name="Instances">Each registered at one of the nodes in turn, and renewed there every 30 s.</param>
internal sealed record SizingCase(int Nodes, int Regions, ClusterShape Shape, int Instances)
{
    /// <summary>One way, within a region.</summary>
    public double NearMs { get; init; } = 0.25;

    /// <summary>One way, between regions.</summary>
    public double FarMs { get; init; } = 80;

    /// <summary>Of each link, each way.</summary>
    public double MbitPerSecond { get; init; } = 1_000;

    /// <summary>What a TCP connection has under way at most: Linux grows a send buffer to 4 MiB unless told otherwise.</summary>
    public double WindowMib { get; init; } = 4;

    /// <summary>Changes that a node keeps (RegistryOptions.ChangeRingCapacity).</summary>
    public int Ring { get; init; } = 65_536;

    /// <summary>ClusterOptions.BatchChangesMax.</summary>
    public int Batch { get; init; } = new Core.Replication.ClusterOptions().BatchChangesMax;

    /// <summary>ClusterOptions.BatchesInFlightMax.</summary>
    public int InFlight { get; init; } = new Core.Replication.ClusterOptions().BatchesInFlightMax;

    /// <summary>Changes a second of the activity stream.</summary>
    public int Rate { get; init; } = 1_000;

    /// <summary>The pairs of nodes that are linked.</summary>
    [JsonIgnore]
    public IEnumerable<(int A, int B)> Links =>
        from b in Enumerable.Range(0, Nodes)
        from a in Enumerable.Range(0, b)
        where AreLinked(a, b, Nodes)
        select (a, b);

    /// <summary>Those among the present nodes that one more is linked with.</summary>
    [JsonIgnore]
    public IEnumerable<int> PeersOfOneMore =>
        Shape switch
        {
            ClusterShape.Mesh => Enumerable.Range(0, Nodes),
            ClusterShape.Ring => new[] { 0, Nodes - 1 }.Distinct(),
            _ => [Hub(RegionOf(Nodes))],
        };

    /// <summary>The region of a node; one more node is in the last.</summary>
    public int RegionOf(int node) => node == Nodes ? Regions - 1 : node * Regions / Nodes;

    /// <summary>What lies between two nodes.</summary>
    public BenchLine LineBetween(int a, int b) =>
        new(TimeSpan.FromMilliseconds(RegionOf(a) == RegionOf(b) ? NearMs : FarMs), MbitPerSecond * 1e6, (long)(WindowMib * 1024 * 1024));

    private bool AreLinked(int a, int b, int nodes) =>
        Shape switch
        {
            ClusterShape.Mesh => true,
            ClusterShape.Ring => b - a == 1 || (a == 0 && b == nodes - 1),
            _ => (RegionOf(a) == RegionOf(b) && a == Hub(RegionOf(a))) || (a == Hub(RegionOf(a)) && b == Hub(RegionOf(b))),
        };

    private int Hub(int region) => Enumerable.Range(0, Nodes).FirstOrDefault(node => RegionOf(node) == region);
}
