using FsCheck;
using FsCheck.Fluent;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Tests.Model;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Watching;

/// <summary>
/// After any program, each follower has exactly what its filter selects: whatever it follows by, however seldom it reads, and if it has
/// fallen off the ring of changes.
/// </summary>
/// <remarks>A failure prints the seed and the shortest program that still fails; keep it as a test of its own.</remarks>
public class FollowerModelTests
{
    private static readonly RegistryOptions s_shortRing = ModelRun.Options1To3s with { ChangeRingCapacity = 64 };

    private static readonly InstanceFilter[] s_filters =
    [
        InstanceFilter.All,
        InstanceFilter.Services("ORDERS"),
        InstanceFilter.Services("straße", "ɐ", "nobody"),
        InstanceFilter.Vips(secure: false, "shop"),
        InstanceFilter.Vips(secure: false, "other", "shop-v2"),
        InstanceFilter.Vips(secure: true, "Shop", "shop"),
    ];

    [Fact]
    public void Through_the_encoded_log_every_mirror_equals_the_registry() =>
        Check(programs: 40, lengthMax: 250, ModelRun.Options1To3s, run => OfLog(run, bytesMax: long.MaxValue, slowness: 1));

    [Fact]
    public void Through_a_log_that_keeps_little_too() =>
        Check(programs: 20, lengthMax: 400, s_shortRing, run => OfLog(run, bytesMax: 20_000, slowness: 20));

    [Fact]
    public void Through_the_embedded_link_too() =>
        Check(programs: 40, lengthMax: 200, s_shortRing, run => Each((filter, pace) => new LinkFollower(run, filter, pace * 10)));

    private static void Check(int programs, int lengthMax, RegistryOptions options, Func<ModelRun, Follower[]> start) =>
        Prop.ForAll(
                ModelStep.Programs(50, lengthMax),
                program =>
                    ModelRun.Check(
                        program,
                        options,
                        run =>
                        {
                            Follower[] followers = start(run);
                            return _ => Array.ForEach(followers, follower => follower.Step());
                        }
                    )
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(programs));

    private static Follower[] OfLog(ModelRun run, long bytesMax, int slowness)
    {
        var log = new EncodedChangeLog<EchoChangeEncoder>(run.Real.Registry, default, bytesMax);
        return Each((filter, pace) => new LogFollower(run, log, filter, pace * slowness));
    }

    // One that reads after every step, and one after every seventh.
    private static Follower[] Each(Func<InstanceFilter, int, Follower> make) =>
        [.. s_filters.SelectMany(_ => (int[])[1, 7], make)];

    private abstract class Follower(ModelRun run, InstanceFilter filter, int pace)
    {
        private int _steps;

        protected ModelRun Run => run;

        protected InstanceFilter Filter => filter;

        protected RegistryMirror Mirror { get; } = new();

        /// <summary>One step of the program is over: reads, if it is its turn, and compares.</summary>
        public void Step()
        {
            if (++_steps % pace != 0)
            {
                return;
            }

            Read();
            RegistrySnapshot snapshot = run.Real.Registry.ReadSnapshot();
            Assert.Equal(snapshot.Select(filter).Select(Portrait.Whole), Mirror.Instances.OrderBy(KeyOf, NaiveKey.Order).Select(Portrait.Whole));
        }

        protected abstract void Read();

        private static NaiveKey KeyOf(Instance record) => new(record.Service.Text, record.Id);
    }

    private sealed class LogFollower : Follower
    {
        private readonly RegistryService _registry;
        private readonly EncodedChangeLog<EchoChangeEncoder> _log;
        private readonly List<ReadOnlyMemory<byte>> _segments = [];

        public LogFollower(ModelRun run, EncodedChangeLog<EchoChangeEncoder> log, InstanceFilter filter, int pace)
            : base(run, filter, pace)
        {
            _registry = run.Real.Registry;
            _log = log;
            Mirror.Apply(RegistryUpdate.Snapshot(VersionOf(0), []));
        }

        protected override void Read()
        {
            ulong now = _registry.ReadSnapshot().Version;
            ulong reached = Mirror.Version.Number;
            while (reached < now)
            {
                _segments.Clear();
                ChangeRead read = _log.Read(reached, Filter, bytesMax: 5_000, _segments);
                RegistryUpdate update = read.TooFarBehind
                    ? RegistryUpdate.Snapshot(VersionOf(now), [.. _registry.ReadSnapshot().Select(Filter)])
                    : RegistryUpdate.Changed(VersionOf(read.Reached), EchoChangeEncoder.Parse(_segments));
                Assert.True(read.TooFarBehind || read.Reached > reached, "a read that is behind moves on");
                Mirror.Apply(update);
                reached = Mirror.Version.Number;
            }
        }

        private RegistryVersion VersionOf(ulong number) => new(_registry.BootEpoch, number);
    }

    private sealed class LinkFollower : Follower
    {
        private readonly IAsyncEnumerator<RegistryUpdate> _updates;
        private Task<bool> _next;

        public LinkFollower(ModelRun run, InstanceFilter filter, int pace)
            : base(run, filter, pace)
        {
            var link = new EmbeddedLink(run.Real.Registry, Principal.Anyone);
            _updates = link.WatchAsync(filter, RegistryVersion.None).GetAsyncEnumerator();
            _next = _updates.MoveNextAsync().AsTask();
        }

        // What it has been woken for comes on another thread; what it has not been woken for does not come.
        protected override void Read()
        {
            while (!IsUpToDate())
            {
                Assert.True(_next.Wait(TimeSpan.FromSeconds(10)), $"no update after version {Mirror.Version.Number}");
                Mirror.Apply(_updates.Current);
                _next = _updates.MoveNextAsync().AsTask();
            }
        }

        private bool IsUpToDate() =>
            Mirror.Version != RegistryVersion.None
            && Run.Real.Registry.ReadSnapshot().Select(Filter).Select(Portrait.Whole).ToHashSet().SetEquals(Mirror.Instances.Select(Portrait.Whole));
    }
}
