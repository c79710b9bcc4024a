using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Soak;

/// <summary>Several owners of one id at once: it is one instance, whatever they do (pitfall 25).</summary>
public class SameInstanceRaceTests
{
    private const int Rounds = 4_000;

    [Fact]
    public void Registering_and_cancelling_one_instance_from_four_threads_leaves_one_or_none()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { InstancesMax = 1 });
        using var crew = new SoakCrew();
        int created = 0;
        int cancelled = 0;
        for (int i = 0; i < 4; i++)
        {
            int number = i;
            crew.Work(goOn =>
            {
                for (int round = 0; round < Rounds && goOn(); round++)
                {
                    if ((round + number) % 3 == 0)
                    {
                        Interlocked.Add(ref cancelled, under.Cancel("orders", "i-1").Error is null ? 1 : 0);
                    }
                    else
                    {
                        // There is room for one: were two ever held at once, this would be refused.
                        Interlocked.Add(ref created, under.Register("orders", "i-1").Created ? 1 : 0);
                    }
                }
            });
        }

        crew.Join(TimeSpan.FromSeconds(60));
        RegistrySnapshot snapshot = under.Registry.ReadSnapshot();
        Assert.Equal(created - cancelled, snapshot.Count);
        Assert.Equal(created, snapshot.Count == 1 ? cancelled + 1 : cancelled);
        Assert.Equal(under.Registry.Counts.Registrations + under.Registry.Counts.Cancellations, (long)snapshot.Version);
        Assert.Equal(snapshot.Count == 1, under.Has("orders", "i-1"));
        Assert.True(under.Registry.Renew(under.Register("orders", "i-1").Handle, under.Now));
    }

    [Fact]
    public void A_batch_of_changes_to_one_instance_is_published_as_its_last()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded);
        LeaseHandle handle = under.Register("orders", "i-1").Handle;
        using var crew = new SoakCrew();
        for (int i = 0; i < 3; i++)
        {
            int number = i;
            crew.Work(goOn =>
            {
                for (int round = 0; round < Rounds && goOn(); round++)
                {
                    WriteResult result = under.SetMetadata("orders", "i-1", ($"by-{number}", $"{round}"));
                    Instance read = under.Registry.ReadSnapshot().Find(InstanceKey.Of("orders", "i-1"))!;
                    Assert.True(read.Version >= result.Version, "an older record was published over a newer one");
                    Assert.True(
                        read.Metadata.TryGet(System.Text.Encoding.UTF8.GetBytes($"by-{number}"), out ReadOnlySpan<byte> value)
                    );
                    Assert.Equal($"{round}", System.Text.Encoding.UTF8.GetString(value));
                }
            });
        }

        crew.UntilWorkIsDone(() => Assert.True(under.Renew(handle)));
        crew.Join(TimeSpan.FromSeconds(60));
        Assert.Equal(1UL + (3 * Rounds), under.Version);
        Assert.Equal(3, under.Find("orders", "i-1")!.Metadata.Count);
    }
}
