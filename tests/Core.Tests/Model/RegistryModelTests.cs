using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Model;

/// <summary>Any program of operations and time steps leaves the registry as its naive twin, seen through every read.</summary>
/// <remarks>A failure prints the seed and the shortest program that still fails; keep it as a test of its own.</remarks>
public class RegistryModelTests
{
    [Fact]
    public void Any_program_reads_back_like_the_naive_registry() =>
        Prop.ForAll(ModelStep.Programs(20, 120), program => ModelRun.Check(program, ModelRun.Options1To3s, AssertSameReads))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact]
    public void Any_chain_of_deltas_leads_from_every_version_to_the_full_content() =>
        Prop.ForAll(ModelStep.Programs(50, 250), program => ModelRun.Check(program, ModelRun.Options1To3s, AssertDeltasLeadHere))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void The_number_of_stripes_changes_nothing_that_can_be_seen() =>
        Prop.ForAll(
                ModelStep.Programs(20, 120),
                program => ModelRun.Check(program, ModelRun.Options1To3s with { StripeCount = 1 }, AssertSameReads)
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void With_a_grace_leases_last_that_much_longer_and_no_more() =>
        Prop.ForAll(
                ModelStep.Programs(50, 120),
                program =>
                    ModelRun.Check(
                        program,
                        ModelRun.Options1To3s with
                        {
                            LeaseGrace = TimeSpan.FromMilliseconds(777),
                            WheelTick = TimeSpan.FromMilliseconds(50),
                        },
                        AssertSameReads
                    )
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    private static void AssertSameReads(ModelRun run)
    {
        RegistrySnapshot snapshot = run.Real.Registry.ReadSnapshot();
        NaiveInstance[] expected = [.. run.Naive.Sorted];
        Assert.Equal(run.Naive.Version, snapshot.Version);
        Assert.Equal(expected.Select(Portrait.Of), snapshot.Instances().Select(Portrait.Of));
        AssertSameCounts(expected, snapshot);
        AssertSameServices(expected, snapshot);
        AssertSameVips(expected, snapshot);
        AssertSameLookUps(run, expected, snapshot);
    }

    private static void AssertSameCounts(NaiveInstance[] expected, RegistrySnapshot snapshot)
    {
        Assert.Equal(expected.Length, snapshot.Count);
        Assert.Equal(expected.Length, snapshot.Counts.Total);
        foreach (InstanceStatus status in Enum.GetValues<InstanceStatus>())
        {
            Assert.Equal(expected.Count(instance => instance.Status == status), snapshot.Counts.Of(status));
        }
    }

    private static void AssertSameServices(NaiveInstance[] expected, RegistrySnapshot snapshot)
    {
        IGrouping<string, NaiveInstance>[] services = [.. expected.GroupBy(instance => instance.Key.Service)];
        Assert.Equal(services.Length, snapshot.ServiceCount);
        Assert.Equal(
            services.Select(service => (service.Key, service.Count())),
            snapshot.Services().Select(entry => (entry.Name.Text, entry.Count))
        );
        foreach (IGrouping<string, NaiveInstance> service in services)
        {
            string otherCase = service.Key.ToLowerInvariant();
            Assert.Equal(service.Count(), snapshot.Service(otherCase)?.Count);
            Assert.Equal(service.Select(Portrait.Of), snapshot.InstancesOf(otherCase).Select(Portrait.Of));
        }

        Assert.Null(snapshot.Service("nobody"));
        Assert.Empty(snapshot.InstancesOf("nobody"));
    }

    private static void AssertSameVips(NaiveInstance[] expected, RegistrySnapshot snapshot)
    {
        foreach (string vip in (string[])["shop", "shop-v2", "Shop", "other", "nobody", "shop,shop-v2", ""])
        {
            Assert.Equal(
                expected.Where(instance => HasVip(instance.Sent.Vips, vip)).Select(Portrait.Of),
                snapshot.InstancesOfVip(vip, secure: false).Select(Portrait.Of)
            );
            Assert.Equal(
                expected.Where(instance => HasVip(instance.Sent.SecureVips, vip)).Select(Portrait.Of),
                snapshot.InstancesOfVip(vip, secure: true).Select(Portrait.Of)
            );
        }
    }

    private static bool HasVip(string? vips, string vip) => vips is not null && vips.Split(',').Contains(vip);

    private static void AssertSameLookUps(ModelRun run, NaiveInstance[] expected, RegistrySnapshot snapshot)
    {
        foreach ((string service, string id) in ModelRun.Keys)
        {
            NaiveInstance? there = run.Naive.Live.GetValueOrDefault(NaiveKey.Of(service, id));
            Instance? live = run.Real.Registry.Find(InstanceKey.Of(service, id));
            Assert.Equal(there is null ? null : Portrait.Of(there), live is null ? null : Portrait.Of(live));
            Assert.Same(live, snapshot.Find(InstanceKey.Of(service, id)));
        }

        foreach (string id in ModelRun.Keys.Select(key => key.Id).Distinct())
        {
            // Ruling 11: of several services with this id, the lowest name.
            NaiveInstance? lowest = expected.FirstOrDefault(instance => instance.Key.Id == id);
            Instance? live = run.Real.Registry.FindById(Encoding.UTF8.GetBytes(id));
            Assert.Equal(lowest is null ? null : Portrait.Of(lowest), live is null ? null : Portrait.Of(live));
        }
    }

    /// <summary>
    /// From the versions before, and from a share of all older ones that changes from step to step, the delta leads to what is
    /// there now, naming each change once.
    /// </summary>
    private static void AssertDeltasLeadHere(ModelRun run)
    {
        foreach ((ulong since, Dictionary<NaiveKey, string> content) in run.Contents)
        {
            if (since + 4 < run.Naive.Version && (since + run.Naive.Version) % 11 != 0)
            {
                continue;
            }

            DeltaResult delta = run.Real.Registry.ReadDelta(since);
            var now = new Dictionary<NaiveKey, string>(content);
            ulong version = since;
            foreach (Change change in delta.Changes)
            {
                Assert.Equal(++version, change.Version);
                Apply(now, change);
            }

            Assert.Equal(run.Naive.Version, version);
            Assert.Equal(run.Naive.Version, delta.Snapshot.Version);
            Assert.Equal(Sorted(run.Contents[version]), Sorted(now));
        }
    }

    private static void Apply(Dictionary<NaiveKey, string> content, Change change)
    {
        NaiveKey key = NaiveKey.Of(change.Record.Service.Text, change.Record.Id);
        if (change.Kind == ChangeKind.Removed)
        {
            Assert.True(content.Remove(key), $"{key} was removed, but not there");
        }
        else
        {
            Assert.True(content.ContainsKey(key) || change.Kind == ChangeKind.Added, $"{key} was modified, but not there");
            content[key] = Portrait.Of(change.Record);
        }
    }

    private static IEnumerable<string> Sorted(Dictionary<NaiveKey, string> content) =>
        content.OrderBy(pair => pair.Key, NaiveKey.Order).Select(pair => pair.Value);
}
