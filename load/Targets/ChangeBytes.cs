using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Load.Clusters;
using Rollcall.Load.Connections;

namespace Rollcall.Load.Targets;

/// <summary>What a peer is sent for a change: among others, and alone.</summary>
internal static class ChangeBytes
{
    private const int Turns = 5;
    private const int PerTurn = 2_000;
    private const int AlonePerTurn = 40;
    private const int AtOnce = 256;

    public static readonly string Note =
        $"Changes: {Turns} turns of {PerTurn:N0}, {AtOnce} at a time; alone: {AlonePerTurn}, each when the peer has acknowledged the last. "
        + "Acknowledgements counted in, renewals left out; packed as it passed.";

    /// <summary>Makes changes at the first of two members.</summary>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(ServerCluster cluster, WireFleet fleet)
    {
        using var writer = new FrameConnection(cluster.Members[0].Server.Tcp);
        var flips = new StatusFlips(fleet);
        int next = fleet.Handles.Length;
        Turn[] among = await TurnsAsync(() => flips.Next(), PerTurn, AtOnce);
        Turn[] registered = await TurnsAsync(() => FrameBytes.Register(fleet.Fleet.Registration(next++)), PerTurn, AtOnce);
        Turn[] alone = await TurnsAsync(() => flips.Next(), AlonePerTurn, atOnce: 1);
        return
        [
            Bytes("over TCP, replication bytes per change and peer, a status among others", among),
            Bytes("over TCP, replication bytes per change and peer, a new instance among others", registered),
            Bytes("over TCP, replication bytes per change and peer, a status alone", alone),
            new Figure("over TCP, times that each change is sent", Spread.Of(among.Concat(registered).Select(turn => turn.Records)), "") { Ship = 1.01, Target = 1 },
        ];

        async Task<Turn[]> TurnsAsync(Func<byte[]> frame, int count, int atOnce)
        {
            var turns = new Turn[Turns];
            for (int i = 0; i < Turns; i++)
            {
                turns[i] = await TurnAsync(cluster, writer, frame, count, atOnce);
            }

            return turns;
        }
    }

    private static async Task<Turn> TurnAsync(ServerCluster cluster, FrameConnection writer, Func<byte[]> frame, int count, int atOnce)
    {
        ClusterMember home = cluster.Members[0];
        LinkTraffic link = cluster.Members[1].Ways[0].Traffic;
        await ServerCluster.IsTakenAsync(home);
        link.Take();
        for (int from = 0; from < count; from += atOnce)
        {
            int many = Math.Min(atOnce, count - from);
            writer.Send([.. Enumerable.Range(0, many).SelectMany(_ => frame())]);
            writer.ReceiveAnswers(many);
            if (atOnce == 1)
            {
                await ServerCluster.IsTakenAsync(home);
            }
        }

        await ServerCluster.IsTakenAsync(home);
        TrafficCount passed = link.Take();
        return new Turn((double)passed.ContentBytes / count, (double)passed.Records / count);
    }

    private static Figure Bytes(string name, Turn[] turns) => new(name, Spread.Of(turns.Select(turn => turn.Bytes)), "B");

    /// <summary>Of each change.</summary>
    private readonly record struct Turn(double Bytes, double Records);
}
