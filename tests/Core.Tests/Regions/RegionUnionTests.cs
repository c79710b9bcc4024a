using Rollcall.Core.Model;
using Rollcall.Core.Regions;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Regions;

/// <summary>The registry and other regions in one content, against the naive union; and that nothing gets into the registry by it.</summary>
public sealed class RegionUnionTests
{
    private readonly Bench _own = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void It_holds_what_the_naive_union_holds_whatever_changes(int seed)
    {
        var random = new Random(seed);
        Bench[] remotes = [new Bench(), new Bench()];
        string[] names = ["eu", "us"];
        for (int i = 0; i < remotes.Length; i++)
        {
            _own.Registry.Regions.Add(remotes[i].AsRegion(names[i]));
        }

        for (int step = 0; step < 120; step++)
        {
            Bench changed = random.Next(3) switch
            {
                0 => _own,
                1 => remotes[0],
                _ => remotes[1],
            };
            changed.Change(random, keys: step < 60 ? 300 : 40); // many blocks first, then the same instance here and there
            string asked = random.Next(3) switch
            {
                0 => "us",
                1 => "EU, us",
                _ => "us,nowhere,eu",
            };
            RegistryContent union = _own.Registry.Regions.Union(_own.Registry.ReadSnapshot(), _own.Registry.Regions.Named(asked));
            IEnumerable<Instance> all = _own.Records;
            all = asked == "us" ? all.Concat(remotes[1].Records) : all.Concat(remotes[0].Records).Concat(remotes[1].Records);
            Instance[] expected = [.. all.DistinctBy(record => (record.Service.Text, record.Id))];
            Assert.Equal(
                expected.OrderBy(record => record.Service.Text, StringComparer.Ordinal).ThenBy(record => record.Id, StringComparer.Ordinal),
                union.Instances(),
                ReferenceEqualityComparer.Instance
            );
            Assert.Equal(expected.Length, union.Counts.Total);
            foreach (InstanceStatus status in Enum.GetValues<InstanceStatus>())
            {
                Assert.Equal(expected.Count(record => record.Status == status), union.Counts.Of(status));
            }
        }

        Assert.Equal(_own.Records.Count(), _own.Registry.ReadSnapshot().Count);
    }

    [Fact]
    public void It_is_the_same_object_with_the_same_number_until_something_changes()
    {
        var remote = new Bench();
        remote.Register("orders", "r-1");
        _own.Registry.Regions.Add(remote.AsRegion("us"));
        RegistryContent first = Union();
        Assert.Same(first, Union());
        remote.Register("orders", "r-2");
        RegistryContent second = Union();
        Assert.NotEqual(first.Version, second.Version);
        _own.Register("orders", "o-1");
        Assert.NotEqual(second.Version, Union().Version);
    }

    [Fact]
    public void A_record_of_another_registry_has_no_lease_here_whatever_its_number()
    {
        var remote = new Bench();
        for (int i = 0; i < 5_000; i++)
        {
            remote.Register("orders", $"r-{i}");
        }

        _own.Register("orders", "o-1");
        Assert.All(remote.Records, record => Assert.Equal(record.UpdatedAtMs, _own.Registry.LastRenewalMs(record)));
    }

    [Fact]
    public void Regions_are_named_in_any_case_and_unknown_ones_ignored()
    {
        _own.Registry.Regions.Add(new Bench().AsRegion("us"));
        _own.Registry.Regions.Add(new Bench().AsRegion("eu"));
        Assert.Equal(["eu", "us"], _own.Registry.Regions.Named("US, EU,us,mars").Select(region => region.Name));
        Assert.Empty(_own.Registry.Regions.Named("mars"));
        Assert.Throws<ArgumentException>(() => _own.Registry.Regions.Add(new Bench().AsRegion("us")));
    }

    private RegistryContent Union() => _own.Registry.Regions.Union(_own.Registry.ReadSnapshot(), _own.Registry.Regions.Named("us"));

    /// <summary>A registry, and what a follower of it would hold.</summary>
    private sealed class Bench
    {
        private Instance[] _copied = [];
        private RegistryVersion _copiedAt;

        public RegistryService Registry { get; } = new(new RegistryOptions { GuardEnabled = false }, new HandClock());

        public IEnumerable<Instance> Records => Registry.ReadSnapshot().Instances();

        public void Register(string service, string id, InstanceStatus status = InstanceStatus.Up) =>
            Assert.Null(Registry.Register(RegistrationBuilder.Of(service, id) with { Status = status }, Registry.Now).Error);

        public void Change(Random random, int keys)
        {
            for (int i = 0; i < 30; i++)
            {
                int key = random.Next(keys);
                string service = $"service-{key % 7}";
                string id = $"i-{key}";
                if (random.Next(3) == 0)
                {
                    Registry.Cancel(InstanceKey.Of(service, id), Registry.Now);
                }
                else
                {
                    Register(service, id, (InstanceStatus)random.Next(4));
                }
            }
        }

        public RemoteRegion AsRegion(string name) => new(name, InstanceFilter.All, isFallback: true, Read);

        private RegionCopy Read()
        {
            var version = new RegistryVersion(Registry.BootEpoch, Registry.ReadSnapshot().Version);
            if (version != _copiedAt)
            {
                _copied = [.. Records.Reverse()];
                _copiedAt = version;
            }

            return new RegionCopy(version, _copied, TimeSpan.Zero, "test", null);
        }
    }
}
