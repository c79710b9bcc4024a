using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;

namespace Rollcall.Testing.Support.SimCluster;

/// <summary>One random run: a cluster of some shape, trouble for a while, then healing, then what must hold.</summary>
public static class SimChaos
{
    private static readonly TimeSpan s_convergeWithin = TimeSpan.FromSeconds(60);

    /// <summary>Runs a seed; throws <see cref="SimFailureException"/> if a checker finds something.</summary>
    public static SimResult Run(int seed) => Run(seed, PlantedFaults.None);

    internal static SimResult Run(int seed, PlantedFaults faults)
    {
        var setting = new Random(seed ^ 0x5EED);
        var cluster = new SimCluster(seed, faults, guard: setting.Next(4) == 0) { KeepsFiles = seed % 5 is 2 or 4 };
        try
        {
            Shape(cluster, setting);
            for (int i = 0; i < 12; i++)
            {
                AddOwner(cluster);
            }

            cluster.World.Run(TimeSpan.FromSeconds(2));
            TimeSpan end = cluster.World.Now + TimeSpan.FromSeconds(setting.Next(15, 40));
            while (cluster.World.Now < end)
            {
                cluster.World.Run(cluster.World.Between(100, 1_500));
                Trouble(cluster);
            }

            return Heal(cluster);
        }
        catch (SimFailureException failure)
        {
            throw new SimFailureException($"seed {seed} at {cluster.World.Now.TotalSeconds:0.00} s: {failure.Message}");
        }
    }

    private static SimResult Heal(SimCluster cluster)
    {
        cluster.HealAll();
        TimeSpan took = cluster.Converge(s_convergeWithin);

        // What an operator asked of a node that stands still it does when it goes on; and those that hear renewals through it have not
        // heard them: until it goes on all is not well yet.
        while (cluster.Nodes.Any(node => node.IsPaused))
        {
            cluster.World.Run(TimeSpan.FromMilliseconds(250));
        }

        // Every owner renews once more, so that all homes are where their owners are.
        cluster.World.Run(TimeSpan.FromSeconds(4));
        cluster.Converge(TimeSpan.FromSeconds(10));

        // Now that all agree: what operators say must be everywhere, and nobody may go missing again, not for a moment.
        foreach (SimOwner owner in cluster.Owners.Where(owner => owner.Alive))
        {
            SimNode node = cluster.World.Pick(cluster.Nodes);
            bool set = cluster.World.Chance(0.5);
            node.Do(() =>
                _ = set
                    ? node.Registry!.SetStatus(owner.Key, InstanceStatus.OutOfService, node.Time)
                    : node.Registry!.ClearStatus(owner.Key, node.Time)
            );
            cluster.Checks.Overrides[(owner.Service, owner.Id)] = set ? InstanceStatus.OutOfService : null;
        }

        cluster.Converge(TimeSpan.FromSeconds(10));
        foreach (SimOwner owner in cluster.Owners.Where(_ => cluster.World.Chance(0.3)))
        {
            owner.Move(cluster.World.Pick(cluster.Nodes));
        }

        foreach (SimOwner owner in cluster.Owners.Where(owner => owner.Alive && cluster.World.Chance(0.1)))
        {
            owner.Die();
        }

        // Longer than twice the longest lease: what is not renewed everywhere would end.
        for (int i = 0; i < 56; i++)
        {
            cluster.World.Run(TimeSpan.FromMilliseconds(250));
            if (cluster.Checks.Astray() is { } astray)
            {
                throw new SimFailureException($"all was well, and then: {astray}");
            }
        }

        cluster.Converge(TimeSpan.FromSeconds(10));

        return new SimResult(cluster.World.Events, cluster.Messages, cluster.Heartbeats, cluster.RecordsMoved, took);
    }

    private static void Shape(SimCluster cluster, Random setting)
    {
        int count = setting.Next(2, 6);
        for (int i = 0; i < count; i++)
        {
            cluster.AddNode();
        }

        int shape = setting.Next(4);
        for (int i = 0; i < count; i++)
        {
            for (int j = i + 1; j < count; j++)
            {
                bool chain = j == i + 1;
                bool ring = chain || (i == 0 && j == count - 1);
                bool star = i == 0;
                if (shape == 0 ? chain : shape == 1 ? ring : shape != 2 || star)
                {
                    cluster.Join(cluster.Nodes[i], cluster.Nodes[j]);
                }
            }
        }
    }

    private static void AddOwner(SimCluster cluster) =>
        cluster.AddOwner(
            cluster.World.Pick(cluster.Nodes),
            TimeSpan.FromSeconds(cluster.World.Random.Next(3, 7)),
            byHandle: cluster.World.Chance(0.5)
        );

    private static void Trouble(SimCluster cluster)
    {
        SimWorld world = cluster.World;
        SimNode node = world.Pick(cluster.Nodes);
        SimOwner owner = world.Pick(cluster.Owners);
        SimLink? link = cluster.Links.Count > 0 ? world.Pick(cluster.Links) : null;
        switch (world.Random.Next(18))
        {
            case 0:
                HashSet<SimNode> side = [.. cluster.Nodes.Where(_ => world.Chance(0.5))];
                foreach (SimLink crossing in cluster.Links.Where(l => cluster.Nodes.Count(n => l.Has(n) && side.Contains(n)) == 1))
                {
                    crossing.Cut(there: true, back: true);
                }

                break;
            case 1:
                link?.Cut(there: true, back: world.Chance(0.5));
                break;
            case 2 or 3:
                foreach (SimLink cut in cluster.Links)
                {
                    cut.Heal();
                }

                break;
            case 4 or 5:
                if (link is not null)
                {
                    link.Weather = world.Pick(s_weathers);
                }

                break;
            case 6:
                if (node.IsUp)
                {
                    node.Kill();
                    world.In(world.Between(500, 9_000), () => Restart(cluster, node));
                }

                break;
            case 7:
                if (node is { IsUp: true, IsPaused: false })
                {
                    node.Pause(world.Between(500, 6_000));
                }

                break;
            case 8:
                node.JumpClock(world.Chance(0.3) ? TimeSpan.FromHours(world.Chance(0.5) ? 1 : -1) : world.Between(-2_000, 2_000));
                break;
            case 9:
                link?.Break();
                break;
            case 10:
                owner.Cancel();
                break;
            case 11:
                owner.Die();
                break;
            case 12 or 13:
                owner.SayNew();
                break;
            case 14:
                owner.Move(node);
                break;
            case 15:
                node.Do(() => node.Registry!.SetStatus(owner.Key, world.Pick(s_statuses), node.Time));
                break;
            case 16:
                Many(cluster);
                break;
            default:
                AddOwner(cluster);
                break;
        }
    }

    private static readonly InstanceStatus[] s_statuses = [InstanceStatus.OutOfService, InstanceStatus.Down, InstanceStatus.Unknown];

    private static readonly LinkWeather[] s_weathers =
    [
        new(),
        new() { Loss = 0.05 },
        new() { Loss = 0.3, Reorders = true, DelayMs = (1, 50) },
        new() { Duplicates = 0.2, DelayMs = (5, 30), Reorders = true },
        new() { DelayMs = (200, 900) },
        new() { DelayMs = (100, 600), Reorders = true },
        new() { Capacity = 1, DelayMs = (300, 400) },
    ];

    // A wave of registrations, or of failures.
    private static void Many(SimCluster cluster)
    {
        if (cluster.World.Chance(0.5) && cluster.Owners.Count < 200)
        {
            for (int i = 0; i < 30; i++)
            {
                AddOwner(cluster);
            }

            return;
        }

        foreach (SimOwner owner in cluster.Owners.Where(_ => cluster.World.Chance(0.4)))
        {
            owner.Die();
        }
    }

    private static void Restart(SimCluster cluster, SimNode node)
    {
        if (!node.IsUp)
        {
            node.Start(withFile: cluster.KeepsFiles && cluster.World.Chance(0.7));
        }
    }
}

/// <summary>What a run did.</summary>
/// <param name="Events">Events.</param>
/// <param name="Messages">Messages between nodes.</param>
/// <param name="Heartbeats">Renewals and registrations accepted.</param>
/// <param name="RecordsMoved">Records in messages.</param>
/// <param name="ConvergedAfter">From healing until nothing differed.</param>
public sealed record SimResult(long Events, long Messages, long Heartbeats, long RecordsMoved, TimeSpan ConvergedAfter);
