using Rollcall.Bench.Pairing;
using Rollcall.Core.Model;

namespace Rollcall.Bench.Fleet;

/// <summary>Registering, the passing of time and the end of leases, and what they are compared with.</summary>
internal static class WriteArms
{
    /// <summary>Instances that are there register again: what each does when it starts.</summary>
    public static Arm RegisterAgain(FleetRegistry fleet, int count)
    {
        Registration[] registrations = Registrations(fleet, count);
        return new Arm(
            "register again",
            count,
            (from, to) =>
            {
                long accepted = 0;
                for (int i = from; i < to; i++)
                {
                    accepted += fleet.Registry.Register(registrations[i], fleet.Now).Error is null ? 1 : 0;
                }

                return accepted;
            },
            count
        )
        {
            ChunkSize = 100,
        };
    }

    /// <summary>Control: the same into dictionaries of objects, which publish no snapshot.</summary>
    public static Arm NaiveRegister(FleetRegistry fleet, int count)
    {
        Registration[] registrations = Registrations(fleet, count);
        var naive = new NaiveRegistry();
        return new Arm(
            "register in dictionaries",
            count,
            (from, to) =>
            {
                for (int i = from; i < to; i++)
                {
                    naive.Register(registrations[i]);
                }

                return to == count ? naive.Count : 0;
            },
            count
        )
        {
            ChunkSize = 100,
        };
    }

    /// <summary>Ticks at which next to nothing is due.</summary>
    public static Arm Ticks(FleetRegistry fleet, int count) =>
        new(
            "a tick",
            count,
            (from, to) =>
            {
                long expired = 0;
                for (int i = from; i < to; i++)
                {
                    fleet.Clock.Pass(fleet.Registry.Options.WheelTick);
                    expired += fleet.Registry.Advance(fleet.Now).Expired;
                }

                return to - from - expired;
            },
            count
        )
        {
            ChunkSize = 10,
            Prepare = () => RenewAll(fleet),
        };

    /// <summary>Control: at each tick the end of every lease is looked at.</summary>
    public static Arm Scans(int leases, int count)
    {
        long[] ends = [.. Enumerable.Range(0, leases).Select(i => (long)i + count)];
        return new Arm(
            "a scan of all leases",
            count,
            (from, to) =>
            {
                long live = 0;
                for (int tick = from; tick < to; tick++)
                {
                    foreach (long end in ends)
                    {
                        live += end > tick ? 1 : 0;
                    }
                }

                return live / leases;
            },
            count
        )
        {
            ChunkSize = 10,
        };
    }

    /// <summary>The first <paramref name="count"/> leases end at once; before each pass they are registered again.</summary>
    public static Arm Expire(FleetRegistry fleet, int count)
    {
        var lease = TimeSpan.FromSeconds(30);
        Registration[] mortals = [.. Registrations(fleet, count).Select(r => r with { LeaseDuration = lease })];
        return new Arm(
            "expire",
            count,
            (_, _) =>
            {
                // The first look finds them silent, the next ends them.
                long expired = fleet.Registry.Advance(fleet.Now).Expired;
                fleet.Clock.Pass(fleet.Registry.Options.WheelTick);
                return expired + fleet.Registry.Advance(fleet.Now).Expired;
            },
            count
        )
        {
            ChunkSize = count,
            Prepare = () =>
            {
                foreach (Registration mortal in mortals)
                {
                    fleet.Registry.Register(mortal, fleet.Now);
                }

                fleet.Registry.Renew(fleet.Handles.AsSpan(count), fleet.Now, new int[fleet.Handles.Length]);
                fleet.Clock.Pass(lease + fleet.Registry.Options.WheelTick);
            },
        };
    }

    /// <summary>Control: a queue by end, and a dictionary that each is taken out of.</summary>
    public static Arm NaiveExpire(FleetRegistry fleet, int count)
    {
        string[] ids = [.. Enumerable.Range(0, fleet.Handles.Length).Select(fleet.Fleet.Id)];
        var leases = new Dictionary<string, object>();
        var ends = new PriorityQueue<string, long>();
        return new Arm(
            "expire from a queue and a dictionary",
            count,
            (_, _) =>
            {
                long expired = 0;
                while (ends.TryPeek(out string? id, out long end) && end < count)
                {
                    ends.Dequeue();
                    expired += leases.Remove(id) ? 1 : 0;
                }

                return expired;
            },
            count
        )
        {
            ChunkSize = count,
            Prepare = () =>
            {
                ends.Clear();
                for (int i = 0; i < ids.Length; i++)
                {
                    leases[ids[i]] = ids;
                    ends.Enqueue(ids[i], i);
                }
            },
        };
    }

    private static void RenewAll(FleetRegistry fleet)
    {
        int[] unknown = new int[fleet.Handles.Length];
        if (fleet.Registry.Renew(fleet.Handles, fleet.Now, unknown) > 0)
        {
            throw new InvalidOperationException("a lease has ended that was to be renewed");
        }
    }

    private static Registration[] Registrations(FleetRegistry fleet, int count) =>
        [.. Enumerable.Range(0, count).Select(fleet.Fleet.Registration)];
}
