using System.Diagnostics;
using System.Globalization;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Load.Clusters;
using Rollcall.Load.Connections;

namespace Rollcall.Load.Targets;

/// <summary>Row 15 between processes: one of three nodes is cut off, instances are changed on both sides, and the ways are healed.</summary>
internal static class Healing
{
    private const int Repeats = 3;
    private const int Services = 5_000;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    /// <summary>At full size, or smaller for a test.</summary>
    /// <param name="instances">How many all three hold.</param>
    /// <param name="differences">How many differ when the ways are healed, half of them changed on either side.</param>
    /// <param name="changesKept">Changes that a node keeps.</param>
    public static async Task<Measurement> MeasureAsync(int instances = 1_000_000, int differences = 10_000, int changesKept = 65_536)
    {
        await using var cluster = new ServerCluster("--Rollcall:Core:ChangeRingCapacity", changesKept.ToString(CultureInfo.InvariantCulture));
        ClusterMember stays = await cluster.AddAsync();
        WireFleet fleet = await WireFleet.RegisterAsync(stays.Server.Tcp, instances, Services);
        using var heartbeats = new HeartbeatThread(stays.Server.Tcp, fleet.Handles, s_interval);
        await ServerCluster.IsWarmAsync(await cluster.AddAsync());
        ClusterMember away = await cluster.AddAsync();
        await ServerCluster.IsWarmAsync(away);
        await cluster.IsEqualAsync(away, DateTimeOffset.MinValue);
        TrafficCount copy = Take(away);
        using var sides = new SplitChanges(stays, away, fleet, differences / 2);
        Heal[] missedLittle = await RepeatAsync(times: 1);
        Heal[] missedMuch = await RepeatAsync(times: (changesKept / (differences / 2)) + 1);
        string all = string.Create(CultureInfo.InvariantCulture, $"{copy.ContentBytes / 1e6:F1} MB of a copy of all");
        string name = $"over TCP, heal, {SizeText.Of(differences)} differences in {SizeText.Of(instances)}, 3 nodes";
        return new Measurement(
            [
                new Figure($"{name}: bytes per difference beside the records, both links", Of(missedMuch, heal => heal.BesideRecords), "B") { Ship = 400, Target = 40 },
                .. Others("over TCP, the same", missedMuch),
                new Figure($"{name}, all missed still kept: bytes per difference beside the records, both links", Of(missedLittle, heal => heal.BesideRecords), "B")
                {
                    Ship = 400,
                    Target = 40,
                },
                .. Others("over TCP, all missed still kept", missedLittle),
            ],
            $"Servers as they ship; all instances renew every {s_interval.TotalSeconds} s at one node meanwhile, which is left out of the bytes. A forwarder on each link of "
                + "the node that was cut off counts, packed as it passed.",
            $"Each of the instances that differ was changed more often than the {changesKept:N0} changes that a node keeps can tell, or, where all missed is still kept, once. "
                + "In the end their status is as it was set on either side, on all three nodes, or the row would have failed.",
            "Seconds: from when both links are up again until both digests are equal; a node that was cut off dials again within 5 s."
        );

        async Task<Heal[]> RepeatAsync(int times)
        {
            var heals = new Heal[Repeats];
            for (int i = 0; i < Repeats; i++)
            {
                heals[i] = await HealAsync(cluster, away, sides, times);
            }

            return heals;
        }

        IEnumerable<Figure> Others(string name, Heal[] heals) =>
            [
                new($"{name}: records that travel per difference, both links", Of(heals, heal => heal.Records), ""),
                new($"{name}: all bytes, renewals left out", Of(heals, heal => heal.Bytes / 1e6), "MB") { Control = all },
                new($"{name}: seconds", Of(heals, heal => heal.Took.TotalSeconds), "s"),
            ];
    }

    private static async Task<Heal> HealAsync(ServerCluster cluster, ClusterMember away, SplitChanges sides, int times)
    {
        foreach (CountingWay way in away.Ways)
        {
            way.Cut();
        }

        await ServerCluster.HasLinksAsync(away, 0);
        await sides.ChangeAsync(times);
        await Task.WhenAll(cluster.Members.Select(ServerCluster.IsTakenAsync));
        Take(away);
        DateTimeOffset healedAt = DateTimeOffset.UtcNow;
        foreach (CountingWay way in away.Ways)
        {
            way.Heal();
        }

        await cluster.IsEqualAsync(away, healedAt);
        TimeSpan took = Stopwatch.GetElapsedTime(away.Ways.Max(way => way.Traffic.LinkedAt));
        await Task.WhenAll(cluster.Members.Select(ServerCluster.IsTakenAsync)); // what is still said of it
        TrafficCount passed = Take(away);
        await sides.CheckAsync(cluster.Members);
        double differences = sides.Count;
        return new Heal(passed.ContentBytes, (passed.ContentBytes - passed.RecordBytes) / differences, passed.Records / differences, took);
    }

    private static TrafficCount Take(ClusterMember member) =>
        member.Ways.Select(way => way.Traffic.Take()).Aggregate((one, other) => one + other);

    private static Spread Of(Heal[] heals, Func<Heal, double> value) => Spread.Of(heals.Select(value));

    /// <summary>One heal.</summary>
    /// <param name="Bytes">All but renewals.</param>
    /// <param name="BesideRecords">Bytes per difference that were no records.</param>
    /// <param name="Records">Records per difference.</param>
    /// <param name="Took">How long.</param>
    private sealed record Heal(double Bytes, double BesideRecords, double Records, TimeSpan Took);
}
