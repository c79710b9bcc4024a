using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Core.Tests.Soak;

/// <summary>
/// Writers, and followers of every kind at once: some keep up, one is slow and falls off the ring again and again. When the writers are
/// done, each follower comes to exactly what the registry holds.
/// </summary>
public class FollowerRaceTests(ITestOutputHelper output)
{
    private const int Writers = 2;
    private const int StepsPerWriter = 40_000;

    private static readonly InstanceFilter[] s_filters =
    [
        InstanceFilter.All,
        InstanceFilter.Services("svc-0"),
        InstanceFilter.Vips(secure: false, "even"),
        InstanceFilter.Vips(secure: false, "odd", "both"),
    ];

    [Fact]
    public void Whoever_follows_while_others_write_ends_with_what_they_wrote()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { ChangeRingCapacity = 2_048 });
        var log = new EncodedChangeLog<EchoChangeEncoder>(under.Registry, default, bytesMax: 1_000_000);
        using var crew = new SoakCrew();
        LogFollower[] followers =
        [
            .. s_filters.Select(filter => new LogFollower(under.Registry, log, filter)),
            new LogFollower(under.Registry, log, InstanceFilter.All) { Slow = crew.Stopped },
        ];
        for (int i = 0; i < Writers; i++)
        {
            int number = i;
            crew.Work(goOn => Write(under, number, goOn));
        }

        foreach (LogFollower follower in followers)
        {
            crew.UntilWorkIsDone(follower.Step);
        }

        LinkFollower[] links = [.. s_filters.Select(filter => new LinkFollower(under.Registry, filter))];
        crew.Join(TimeSpan.FromSeconds(120));

        foreach (LogFollower follower in followers)
        {
            follower.Step();
            follower.AssertIsCopy();
            output.WriteLine($"{follower}");
        }

        foreach (LinkFollower link in links)
        {
            link.End(TimeSpan.FromSeconds(30));
            output.WriteLine($"{link}");
        }

        output.WriteLine($"{under.Version} versions, {log.Encoded} encoded");
        Assert.True(log.Encoded <= (long)under.Version, "a change was encoded twice");
        Assert.True(followers[^1].Snapshots > 1, "the slow one never fell behind");
        Assert.Equal(0, under.Registry.Subscribers.Read().Count);
    }

    private static void Write(SteppedRegistry under, int number, Func<bool> goOn)
    {
        string[] vips = ["even", "odd", "both,odd", "none"];
        var random = new Random(number);
        for (int i = 0; i < StepsPerWriter && goOn(); i++)
        {
            (string service, string id) = ($"svc-{random.Next(3)}", $"{number}-{random.Next(40)}");
            switch (random.Next(8))
            {
                case 0 or 1:
                    under.Register(RegistrationBuilder.Of(service, id) with { Vips = vips[random.Next(4)] });
                    break;
                case 2:
                    under.Cancel(service, id);
                    break;
                case 3:
                    under.SetMetadata(service, id, ("step", $"{i}"));
                    break;
                case 4:
                    under.ClearStatus(service, id);
                    break;
                default:
                    under.SetStatus(service, id, (InstanceStatus)random.Next(4));
                    break;
            }
        }
    }

    private static void AssertSame(RegistrySnapshot snapshot, InstanceFilter filter, RegistryMirror mirror)
    {
        Assert.Equal(snapshot.Version, mirror.Version.Number);
        Assert.Equal(
            snapshot.Select(filter).Select(Portrait.Whole).Order(StringComparer.Ordinal),
            mirror.Instances.Select(Portrait.Whole).Order(StringComparer.Ordinal)
        );
    }

    private sealed class LogFollower(RegistryService registry, EncodedChangeLog<EchoChangeEncoder> log, InstanceFilter filter)
    {
        private readonly RegistryMirror _mirror = new();
        private readonly List<ReadOnlyMemory<byte>> _segments = [];
        private int _changes;

        public int Snapshots { get; private set; }

        /// <summary>If set: after each read it waits until the ring has passed it by, or all is over.</summary>
        public CancellationToken? Slow { get; init; }

        public void Step()
        {
            if (_mirror.Version == RegistryVersion.None)
            {
                TakeSnapshot();
            }

            while (_mirror.Version.Number < registry.ReadSnapshot().Version)
            {
                _segments.Clear();
                ChangeRead read = log.Read(_mirror.Version.Number, filter, bytesMax: 50_000, _segments);
                if (read.TooFarBehind)
                {
                    TakeSnapshot();
                    continue;
                }

                if (Slow is { } over)
                {
                    ulong passed = read.Reached + (ulong)registry.Options.ChangeRingCapacity;
                    SpinWait.SpinUntil(() => over.IsCancellationRequested || registry.ReadSnapshot().Version > passed);
                }

                // Read after the log may have let go of them.
                IReadOnlyList<InstanceChange> changes = EchoChangeEncoder.Parse(_segments);
                Assert.Equal(read.Count, changes.Count);
                _changes += changes.Count;
                _mirror.Apply(RegistryUpdate.Changed(_mirror.Version with { Number = read.Reached }, changes));
            }
        }

        public void AssertIsCopy() => AssertSame(registry.ReadSnapshot(), filter, _mirror);

        public override string ToString() => $"{filter}: {_changes} changes, {Snapshots} snapshots";

        private void TakeSnapshot()
        {
            Snapshots++;
            RegistrySnapshot snapshot = registry.ReadSnapshot();
            _mirror.Apply(
                RegistryUpdate.Snapshot(new RegistryVersion(registry.BootEpoch, snapshot.Version), [.. snapshot.Select(filter)])
            );
        }
    }

    private sealed class LinkFollower
    {
        private readonly RegistryService _registry;
        private readonly InstanceFilter _filter;
        private readonly RegistryMirror _mirror = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _following;
        private int _updates;

        public LinkFollower(RegistryService registry, InstanceFilter filter)
        {
            _registry = registry;
            _filter = filter;
            _following = Task.Run(FollowAsync);
        }

        /// <summary>One change more that every filter selects, so that each watch ends with an update of the last version.</summary>
        public void End(TimeSpan deadline)
        {
            _registry.Register(RegistrationBuilder.Of("svc-0", "last") with { Vips = "even,odd" }, _registry.Now);
            Assert.True(
                SpinWait.SpinUntil(() => _following.IsFaulted || Seen() == _registry.ReadSnapshot().Version, deadline),
                $"{_filter}: seen {Seen()} of {_registry.ReadSnapshot().Version}"
            );
            _stop.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() => _following.GetAwaiter().GetResult());
            AssertSame(_registry.ReadSnapshot(), _filter, _mirror);
        }

        public override string ToString() => $"{_filter}: {_updates} updates by link";

        private ulong Seen()
        {
            lock (_mirror)
            {
                return _mirror.Version.Number;
            }
        }

        private async Task FollowAsync()
        {
            var link = new EmbeddedLink(_registry, Principal.Anyone);
            await foreach (RegistryUpdate update in link.WatchAsync(_filter, RegistryVersion.None, _stop.Token))
            {
                lock (_mirror)
                {
                    _mirror.Apply(update);
                    _updates++;
                }
            }
        }
    }
}
