using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Core.Tests.Soak;

/// <summary>All at once: owners, an operator, readers and time, each on its own thread, on one registry.</summary>
/// <remarks>
/// Bounded by counts: the owners do a fixed number of steps, everything else runs until they are done. What each thread must see
/// is asserted by itself; what must hold when all is over, at the end.
/// </remarks>
public class RegistrySoakTests(ITestOutputHelper output)
{
    private const int Owners = 3;
    private const int StepsPerOwner = 60_000;

    // The guard counts, but never engages: at the end its tallies must be those of an empty registry.
    private static readonly RegistryOptions Options = SteppedRegistry.Options with
    {
        GuardPopulationMin = 1_000_000,
        OverrideLinger = TimeSpan.FromMilliseconds(300),
        DeltaRetention = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public void Whatever_runs_at_once_every_promise_holds()
    {
        var under = new SteppedRegistry(Options);
        Anchor(under);
        SoakOwner[] owners = [.. Enumerable.Range(0, Owners).Select(i => new SoakOwner(under, i, StepsPerOwner))];
        using var crew = new SoakCrew();
        foreach (SoakOwner owner in owners)
        {
            crew.Work(owner.Run);
        }

        var reader = new SoakReader(under);
        var time = new Random(1);
        crew.UntilWorkIsDone(() => PassTime(under, time));
        crew.UntilWorkIsDone(reader.ReadOnce);
        crew.UntilWorkIsDone(new SoakReader(under).ReadDocuments);
        crew.Join(TimeSpan.FromSeconds(120));

        output.WriteLine($"{under.Registry.Counts}");
        output.WriteLine($"{reader.Reads} reads, to version {under.Version}, {under.Now} of lease time");
        foreach (SoakOwner owner in owners)
        {
            output.WriteLine($"{owner}");
        }

        AssertTheEnd(under, owners);
    }

    private static void Anchor(SteppedRegistry under)
    {
        for (int i = 0; i < SoakReader.Anchors; i++)
        {
            foreach (string service in (string[])["anchor-b", "anchor-a"])
            {
                under.Register(
                    RegistrationBuilder.Of(service, $"{SoakReader.Anchor}{i}") with
                    {
                        Vips = "anchor",
                        LeaseDuration = TimeSpan.FromDays(1),
                    }
                );
            }
        }
    }

    private static void PassTime(SteppedRegistry under, Random random)
    {
        under.Clock.Pass(TimeSpan.FromMicroseconds(random.Next(12_000)));
        under.Registry.Advance(under.Now);
    }

    private static void AssertTheEnd(SteppedRegistry under, SoakOwner[] owners)
    {
        RegistryCounts counts = under.Registry.Counts;
        Assert.True(counts.Expiries > 0 && counts.Renewals > 0 && counts.Cancellations > 0, $"the soak did too little: {counts}");
        RegistrySnapshot snapshot = under.Registry.ReadSnapshot();
        SoakReader.AssertConsistent(snapshot);
        Assert.Equal(owners.Sum(owner => owner.AssertAllAsLeft()), snapshot.Count - (2 * SoakReader.Anchors));

        for (int i = 0; i < SoakReader.Anchors; i++)
        {
            Assert.Null(under.Cancel("anchor-a", $"{SoakReader.Anchor}{i}").Error);
            Assert.Null(under.Cancel("anchor-b", $"{SoakReader.Anchor}{i}").Error);
        }

        under.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(0, under.Registry.ReadSnapshot().Count);
        Assert.Equal((0, 0, 0), (under.Registry.Guard.Silent, under.Registry.Guard.Due, under.Registry.Guard.Held));
        Assert.Equal(0, under.Registry.ReadSnapshot().ServiceCount);
    }
}
