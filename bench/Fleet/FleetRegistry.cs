using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;

namespace Rollcall.Bench.Fleet;

/// <summary>A registry full of <see cref="SpringFleet"/>, its clock, and the handle of each instance.</summary>
internal sealed class FleetRegistry
{
    /// <summary>Seed of everything drawn, so that a run repeats.</summary>
    public const int Seed = 20261122;

    /// <summary>Registers <paramref name="count"/> instances.</summary>
    /// <param name="count">Instances.</param>
    /// <param name="services">Services that they are spread over.</param>
    /// <param name="adjust">Changes the options that the benchmarks start from.</param>
    /// <param name="time">If several share a clock: it, and <see cref="Clock"/> is none of theirs.</param>
    public FleetRegistry(
        int count,
        int services = SpringFleet.ServicesOfMany,
        Func<RegistryOptions, RegistryOptions>? adjust = null,
        TimeProvider? time = null
    )
    {
        Fleet = new SpringFleet(services);
        var options = new RegistryOptions { Seed = Seed, StallGap = TimeSpan.FromDays(1) };
        Registry = new RegistryService(adjust is null ? options : adjust(options), time ?? Clock);
        Handles = new LeaseHandle[count];
        for (int i = 0; i < count; i++)
        {
            Handles[i] = Register(i);
        }
    }

    public SpringFleet Fleet { get; }

    public BenchClock Clock { get; } = new();

    public RegistryService Registry { get; }

    /// <summary>Handle of instance i at i.</summary>
    public LeaseHandle[] Handles { get; }

    public MonotonicTime Now => Registry.Now;

    /// <summary>Registers instance <paramref name="i"/>, or registers it again.</summary>
    public LeaseHandle Register(int i)
    {
        RegisterResult result = Registry.Register(Fleet.Registration(i), Registry.Now);
        return result.Error is null ? result.Handle : throw new InvalidOperationException(result.Error.Message);
    }

    /// <summary>One tick passes: from now on a renewal writes another word than the last one did.</summary>
    public void PassTick()
    {
        Clock.Pass(Registry.Options.WheelTick);
        Registry.Advance(Registry.Now);
    }

    /// <summary>0..count-1 in random order: each access is to a line that is not in the cache.</summary>
    public static int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Random(Seed).Shuffle(order);
        return order;
    }
}
