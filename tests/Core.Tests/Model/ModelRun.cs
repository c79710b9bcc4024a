using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Model;

/// <summary>
/// Does the same to the registry and to its naive twin, and asserts after every step that the answers are the same.
/// </summary>
internal sealed class ModelRun
{
    // Services that differ in case only, in and beyond ASCII and where the case changes the length of the UTF-8; ids that differ in
    // case only; of services and of ids two whose order differs between UTF-8 (as promised) and UTF-16 (as strings compare).
    private static readonly string[] Services =
        ["orders", "Orders", "straße", "STRAßE", "ɐ", "Ɐ", "\uFB03-svc", "\U0001D11E-svc"];

    private static readonly string[] Ids = ["i-1", "I-1", "i-2", "host:8080/x", "\uFB03", "\U0001D11E"];
    private static readonly string?[] Vips = [null, "shop", "shop,shop-v2", "Shop", "shop-v2,other"];

    private readonly HashSet<LeaseHandle> _everGiven = [];

    public ModelRun(RegistryOptions options)
    {
        Options = options;
        Real = new SteppedRegistry(options);
        Naive = new NaiveRegistry(options, Real.Now.SinceStart);
        Remember();
    }

    /// <summary>
    /// Options whose ranges a short program crosses: leases of a second or two, overrides that linger for five.
    /// </summary>
    public static RegistryOptions Options1To3s { get; } =
        SteppedRegistry.Unguarded with
        {
            StripeCount = 4,
            LeaseDurationDefault = TimeSpan.FromSeconds(2),
            OverrideLinger = TimeSpan.FromSeconds(5),
            DeltaRetention = TimeSpan.FromSeconds(2),
        };

    /// <summary>Every key a program can name.</summary>
    public static IReadOnlyList<(string Service, string Id)> Keys { get; } =
    [.. Services.SelectMany(service => Ids.Select(id => (service, id)))];

    public RegistryOptions Options { get; }

    public SteppedRegistry Real { get; }

    public NaiveRegistry Naive { get; }

    /// <summary>When every change was made, by version - 1.</summary>
    public List<(MonotonicTime At, long AtMs)> Changed { get; } = [];

    /// <summary>Full content by version, for every version seen.</summary>
    public SortedDictionary<ulong, Dictionary<NaiveKey, string>> Contents { get; } = [];

    private MonotonicTime Now => Real.Now;

    private RegistryService Registry => Real.Registry;

    /// <summary>Runs a program; <paramref name="check"/> looks at registry and twin after each step.</summary>
    public static void Check(ModelStep[] program, RegistryOptions options, Action<ModelRun> check) =>
        new ModelRun(options).Do(program, check);

    /// <summary>
    /// The same with a check that keeps something of its own: <paramref name="start"/> makes it before the first step.
    /// </summary>
    public static void Check(ModelStep[] program, RegistryOptions options, Func<ModelRun, Action<ModelRun>> start)
    {
        var run = new ModelRun(options);
        run.Do(program, start(run));
    }

    private void Do(ModelStep[] program, Action<ModelRun> check)
    {
        foreach (ModelStep step in program)
        {
            ulong before = Naive.Version;
            Do(step);
            AssertSameChanges(before);
            Remember();
            check(this);
        }
    }

    private void Do(ModelStep step)
    {
        string service = Services[step.Service % Services.Length];
        string id = Ids[step.Id % Ids.Length];
        NaiveKey key = NaiveKey.Of(service, id);
        switch (step.Verb)
        {
            case ModelVerb.Register:
                Register(Drawn(service, id, step.Rest), WriteSource.Owner);
                break;
            case ModelVerb.RegisterByPeer:
                Register(Drawn(service, id, step.Rest), WriteSource.Peer);
                break;
            case ModelVerb.RenewByKey:
                RenewByKey(service, id, step.Rest);
                break;
            case ModelVerb.RenewByHandle:
                RenewByHandle(key);
                break;
            case ModelVerb.RenewMany:
                RenewMany(step.Rest);
                break;
            case ModelVerb.RenewByStaleHandle:
                RenewStale(step.Rest);
                break;
            case ModelVerb.RenewByForgedHandle:
                RenewForged(step.Rest);
                break;
            case ModelVerb.Cancel:
                Same(Naive.Cancel(key, Source(step.Rest)), Registry.Cancel(InstanceKey.Of(service, id), Now, Source(step.Rest)));
                break;
            case ModelVerb.SetStatus:
                Same(
                    Naive.SetStatus(key, Status(step.Rest), WriteSource.Operator),
                    Real.SetStatus(service, id, Status(step.Rest))
                );
                break;
            case ModelVerb.ClearStatus:
                Same(Naive.ClearStatus(key, WriteSource.Operator), Real.ClearStatus(service, id));
                break;
            case ModelVerb.SetMetadata:
                SetMetadata(service, id, step.Rest);
                break;
            case ModelVerb.Pass:
                Advance(TimeSpan.FromMilliseconds(step.Rest % 500));
                break;
            case ModelVerb.PassUnseen:
                // Short enough that unseen spells never add up to a stall between two advances of a program.
                Advance(TimeSpan.Zero);
                Real.Clock.Pass(TimeSpan.FromMilliseconds(step.Rest % 200));
                break;
            case ModelVerb.Stall:
                Advance(TimeSpan.FromSeconds(step.Rest % 5_000));
                break;
            default:
                throw new InvalidOperationException($"no such verb: {step.Verb}");
        }
    }

    private void Register(Registration sent, WriteSource source)
    {
        NaiveKey key = NaiveKey.Of(sent.Service, sent.Id);
        bool isNew = !Naive.Live.ContainsKey(key);
        RegisterResult result = Registry.Register(sent, Now, source);
        Assert.Null(result.Error);
        NaiveInstance expected = Naive.Registered(sent, Now.SinceStart, Registry.WallMs(Now), source, result.Handle);
        Assert.Equal(isNew, result.Created);
        Assert.Equal(Naive.Version, result.Version);
        Assert.False(result.Handle.IsNone);
        Assert.Equal(expected.Handle, result.Handle);
        Assert.Equal(isNew, _everGiven.Add(result.Handle));
    }

    private static Registration Drawn(string service, string id, int rest) =>
        RegistrationBuilder.Of(service, id) with
        {
            HostName = $"host-{rest % 7}",
            Vips = Vips[rest % Vips.Length],
            SecureVips = Vips[rest / 8 % Vips.Length],
            Status = Status(rest / 2),
            Override = rest % 3 == 0 ? Status(rest / 16) : null,
            LeaseDuration = rest % 4 == 0 ? null : TimeSpan.FromMilliseconds(1_000 + (rest % 2_000)),
            RenewalInterval = rest % 5 == 0 ? null : TimeSpan.FromSeconds(1 + (rest % 3)),
            ClientStamp = Stamp(rest),
            Metadata = [.. Enumerable.Range(0, rest % 3).Select(i => KeyValuePair.Create($"k{i}", $"v{rest % 11}"))],
        };

    private static InstanceStatus Status(int rest) => (InstanceStatus)(rest % 5);

    private static WriteSource Source(int rest) => (WriteSource)(rest % 3);

    // Around the wall clock, and now and then far ahead of what a peer may claim.
    private static long? Stamp(int rest)
    {
        long wall = HandClock.WallStart.ToUnixTimeMilliseconds();
        return (rest % 6) switch
        {
            0 => null,
            1 => wall + TimeSpan.FromDays(4_000).Ticks,
            _ => wall + (rest % 10) - 5,
        };
    }

    private void RenewByKey(string service, string id, int rest)
    {
        NaiveKey key = NaiveKey.Of(service, id);
        RenewResult result = Registry.Renew(InstanceKey.Of(service, id), Stamp(rest), Now);
        Assert.Equal(Naive.Renew(key, Stamp(rest), Now.SinceStart), result.Outcome);
        Assert.Same(Real.Find(service, id), result.Instance);
    }

    private void RenewByHandle(NaiveKey key)
    {
        LeaseHandle handle = Naive.Live.GetValueOrDefault(key)?.Handle ?? default;
        Assert.Equal(Naive.Renew(handle, Now.SinceStart), Registry.Renew(handle, Now));
    }

    /// <summary>Every handle ever given, the dead among the living, from a place that varies.</summary>
    private void RenewMany(int rest)
    {
        LeaseHandle[] handles = [.. _everGiven.Skip(rest % (_everGiven.Count + 1)), default];
        int[] unknown = new int[handles.Length];
        int count = Registry.Renew(handles, Now, unknown);
        int[] expected = [.. Enumerable.Range(0, handles.Length).Where(i => !Naive.Renew(handles[i], Now.SinceStart))];
        Assert.Equal(expected, unknown[..count]);
    }

    private void RenewStale(int rest)
    {
        LeaseHandle[] stale = [.. _everGiven.Except(Naive.Live.Values.Select(live => live.Handle))];
        if (stale.Length > 0)
        {
            Assert.False(Registry.Renew(stale[rest % stale.Length], Now));
        }
    }

    private void RenewForged(int rest)
    {
        foreach (LeaseHandle real in _everGiven)
        {
            var forged = new LeaseHandle(real.Value ^ (1UL << (rest % 64)));
            Assert.Equal(Naive.Renew(forged, Now.SinceStart), Registry.Renew(forged, Now));
        }
    }

    private void SetMetadata(string service, string id, int rest)
    {
        KeyValuePair<string, string>[] pairs =
        [
            .. Enumerable.Range(0, rest % 3).Select(i => KeyValuePair.Create($"k{(rest + i) % 4}", $"w{rest % 3}")),
        ];
        Same(
            Naive.SetMetadata(NaiveKey.Of(service, id), pairs, WriteSource.Operator),
            Registry.SetMetadata(InstanceKey.Of(service, id), pairs, Now)
        );
    }

    /// <summary>
    /// Time passes, and a tick more: a lease that is found silent and over in one look goes at the next tick, when the guard has
    /// been asked. So what is over at the first advance is gone after the second, and nothing goes that is not over.
    /// </summary>
    private void Advance(TimeSpan span)
    {
        IReadOnlySet<NaiveKey> over = AdvanceOnce(span);
        AdvanceOnce(Options.WheelTick);
        Assert.DoesNotContain(over, Naive.Live.ContainsKey);
    }

    /// <summary>One advance; answers what is over. Which of several leases goes first is the registry's choice.</summary>
    private IReadOnlySet<NaiveKey> AdvanceOnce(TimeSpan span)
    {
        Real.Clock.Pass(span);
        ulong before = Real.Version;
        AdvanceResult result = Registry.Advance(Now);
        IReadOnlySet<NaiveKey> over = Naive.Advance(Now.SinceStart);
        IReadOnlyList<Change> changes = Registry.ReadDelta(before).Changes;
        Assert.Equal(changes.Count, result.Expired);
        foreach (Change change in changes)
        {
            NaiveKey key = new(change.Record.Service.Text, change.Record.Id);
            Assert.True(over.Contains(key), $"{key} is gone before its time: {change.Cause}");
            Naive.Expire(key, Now.SinceStart);
            Noted(change);
        }

        return over;
    }

    private void Noted(Change change)
    {
        Assert.Equal((Now, Registry.WallMs(Now)), (change.At, change.AtMs));
        Changed.Add((change.At, change.AtMs));
    }

    private void Same(bool expected, WriteResult result)
    {
        Assert.Equal(expected ? null : RegistryErrorCode.UnknownInstance, result.Error?.Code);
        Assert.Equal(expected ? Naive.Version : 0, result.Version);
    }

    /// <summary>
    /// What changed in this step, as the delta tells it, is what the twin did: dense versions, records, causes.
    /// </summary>
    private void AssertSameChanges(ulong before)
    {
        DeltaResult delta = Registry.ReadDelta(before);
        Assert.Null(delta.Error);
        Assert.Equal(Naive.Version, delta.Snapshot.Version);
        Assert.Equal((int)(Naive.Version - before), delta.Changes.Count);
        foreach ((NaiveChange expected, Change seen) in Naive.Changes.Skip((int)before).Zip(delta.Changes))
        {
            Assert.Equal(
                (expected.Version, expected.Kind, expected.Cause, Portrait.Of(expected.Record)),
                (seen.Version, seen.Kind, seen.Cause, Portrait.Of(seen.Record))
            );
            Assert.Equal(expected.Source, seen.Source);
            if (seen.Version > (ulong)Changed.Count)
            {
                Noted(seen);
            }
        }
    }

    private void Remember() =>
        Contents[Naive.Version] = Naive.Live.ToDictionary(live => live.Key, live => Portrait.Of(live.Value));
}
