using Rollcall.Core;
using Rollcall.Core.Model;

namespace Rollcall.Client.Registering;

/// <summary>The life of one registration, as a step function: events and time in, a call to make and a time to wake out.</summary>
/// <remarks>
/// <para>
/// STARTING is announced first, UP when the application has started and is healthy. A change is sent at once, the newest wins, in limited
/// rate. An instance that the registry does not know registers again. Stopping announces OUT_OF_SERVICE, waits until subscribers have
/// acknowledged that or the limit is reached, and cancels: the last call of all.
/// </para>
/// <para>Owner: <see cref="RegistrationPump"/>, which carries out what comes out. Pure: no clock, no dice, no I/O.</para>
/// <para>
/// Stopping ends within <see cref="ClientOptions.DrainLimit"/> and <see cref="ClientOptions.CancelLimit"/>, whatever the registry does.
/// </para>
/// </remarks>
internal sealed class RegistrationMachine(ClientOptions options)
{
    /// <summary>While draining, subscribers are asked after this often: they acknowledge within 100 ms themselves.</summary>
    public static readonly TimeSpan AcknowledgementPace = TimeSpan.FromMilliseconds(50);

    // Until the registry has said how often it wants to hear: a third of the shortest lease in common use.
    private static readonly TimeSpan s_paceUnknown = TimeSpan.FromSeconds(10);

    // A registry that comes back is found by all its instances at the same moment: they spread over this.
    private static readonly TimeSpan s_returnSpread = TimeSpan.FromSeconds(2);

    // When stopping, the announcement is tried twice: a registry that is away must not hold the application.
    private const int StopFailuresMax = 2;

    /// <summary>Before anything has happened.</summary>
    /// <param name="wanted">The record; its status and stamp do not count.</param>
    /// <param name="stamp">First stamp: higher than any sent before for this id, as the time since 1970 is.</param>
    public static RegistrationState Begin(Registration wanted, long stamp) =>
        new()
        {
            Wanted = wanted,
            Stamp = stamp,
            Pace = Pace(wanted.LeaseDuration, wanted.RenewalInterval),
        };

    /// <summary>One step.</summary>
    /// <param name="state">What was known.</param>
    /// <param name="happened">What has happened.</param>
    /// <param name="now">When.</param>
    /// <param name="chance">0 to 1, drawn anew for each step: spreads the calls of many instances.</param>
    public RegistrationStep Step(RegistrationState state, RegistrationEvent happened, MonotonicTime now, double chance) =>
        state.Ended ? End(state) : Decide(Take(state, happened, now, chance), now);

    private RegistrationState Take(RegistrationState state, RegistrationEvent happened, MonotonicTime now, double chance) =>
        happened switch
        {
            RegistrationEvent.TimePassed => state,
            RegistrationEvent.HostStarted => Wanting(state, state with { Started = true }),
            RegistrationEvent.HealthSeen seen => Wanting(state, state with { Healthy = seen.Healthy }),
            RegistrationEvent.StatusSet set => Wanting(state, state with { Forced = set.Status }),
            RegistrationEvent.RecordSet set => state with { Wanted = set.Record, Stamp = state.Stamp + 1 },
            RegistrationEvent.StopAsked => Stop(state, now),
            RegistrationEvent.LinkChanged => state with { BeatAt = MonotonicTime.Earlier(state.BeatAt, now + (s_returnSpread * chance)), NotBefore = now },
            _ => TakeAnswer(state, happened, now, chance),
        };

    private RegistrationState TakeAnswer(RegistrationState state, RegistrationEvent answer, MonotonicTime now, double chance)
    {
        RegistrationState idle = state with { UnderWay = RegistrationVerb.None, Abandoned = false };
        if (state.CancelSent)
        {
            return idle with { Ended = true };
        }

        RegistrationState heard = idle with { Failures = 0 };
        return answer switch
        {
            RegistrationEvent.Registered registered => Accepted(heard, registered, now, chance),
            RegistrationEvent.Renewed => heard with { BeatAt = NextBeat(state, now, chance) },
            RegistrationEvent.Forgotten => heard with { ToldStamp = 0, Told = InstanceStatus.Starting },
            RegistrationEvent.PaceRead read => heard with { Pace = Pace(read.Lease, read.Interval) },
            RegistrationEvent.Acknowledged seen => heard with
            {
                SeenByAll = state.OutSince is { } since && (seen.Link != since.Link || seen.Version >= since.Version),
                NotBefore = now + AcknowledgementPace,
            },
            RegistrationEvent.Refused refused => Failed(idle with { Refusal = refused.Error }, now, chance),
            _ when state.UnderWay == RegistrationVerb.Register => Failed(idle with { Told = Worse(state) }, now, chance),
            _ => Failed(idle, now, chance),
        };
    }

    private RegistrationStep Decide(RegistrationState state, MonotonicTime now)
    {
        if (state.Stopping)
        {
            return DecideStopping(state, now);
        }

        if (state.UnderWay != RegistrationVerb.None)
        {
            return Wait(state, RegistrationStep.Never);
        }

        if (now < state.NotBefore)
        {
            return Wait(state, state.NotBefore);
        }

        if (state.ToldStamp == 0)
        {
            return Register(state);
        }

        // Before changes: a registry that refuses a change must not keep the lease from being renewed.
        if (now >= state.BeatAt)
        {
            return Call(state, RegistrationVerb.Renew);
        }

        MonotonicTime changeAt = state.Stamp == state.ToldStamp ? RegistrationStep.Never : ChangeAllowedAt(state);
        if (now >= changeAt)
        {
            MonotonicTime paid = state.ChangesPaidUntil < now ? now : state.ChangesPaidUntil;
            return Register(state with { ChangesPaidUntil = paid + options.ChangeInterval });
        }

        return state.Pace is null
            ? Call(state, RegistrationVerb.ReadPace)
            : Wait(state, MonotonicTime.Earlier(state.BeatAt, changeAt));
    }

    private RegistrationStep DecideStopping(RegistrationState state, MonotonicTime now)
    {
        MonotonicTime drainEnds = state.StopAskedAt!.Value + options.DrainLimit;
        MonotonicTime cancelEnds = drainEnds + options.CancelLimit;
        if (state.Ended || !state.MayBeThere || now >= cancelEnds)
        {
            return End(state);
        }

        if (state.UnderWay != RegistrationVerb.None)
        {
            return state.CancelSent || state.Abandoned ? Wait(state, cancelEnds)
                : now < drainEnds ? Wait(state, drainEnds)
                : new(state with { Abandoned = true }, RegistrationVerb.Abandon, null, cancelEnds);
        }

        bool away = state.Failures >= StopFailuresMax;
        bool told = state.OutSince is not null;
        bool seen = state.SeenByAll || away;
        MonotonicTime drainedAt = state.StopAskedAt.Value + options.DrainMin;
        bool drained = told ? seen && now >= drainedAt : away || state.Told != InstanceStatus.Up;
        if (drained || now >= drainEnds)
        {
            return Call(state with { CancelSent = true }, RegistrationVerb.Cancel, cancelEnds);
        }

        return now < state.NotBefore ? Wait(state, MonotonicTime.Earlier(state.NotBefore, drainEnds))
            : !told ? Register(state, drainEnds)
            : now >= state.BeatAt ? Call(state, RegistrationVerb.Renew, drainEnds)
            : !seen ? Call(state, RegistrationVerb.ReadAcknowledged, drainEnds)
            : Wait(state, MonotonicTime.Earlier(state.BeatAt, MonotonicTime.Earlier(drainedAt, drainEnds)));
    }

    private static RegistrationState Accepted(RegistrationState state, RegistrationEvent.Registered registered, MonotonicTime now, double chance)
    {
        bool outOfService = state.Stopping && state.Sent.Status == InstanceStatus.OutOfService;
        return state with
        {
            ToldStamp = state.Sent.Stamp,
            Told = state.Sent.Status,
            Handle = new HeldHandle(registered.Handle, registered.Link),
            Refusal = null,
            OutSince = outOfService ? (registered.Version, registered.Link) : state.OutSince,
            BeatAt = state.BeatAt == default ? FirstBeat(state, now, chance) : NextBeat(state, now, chance),
        };
    }

    private static RegistrationState Stop(RegistrationState state, MonotonicTime now) =>
        state.Stopping
            ? state
            : state with
            {
                StopAskedAt = now,
                Stamp = state.Stamp + 1,
                NotBefore = now,
                Failures = 0,
            };

    private RegistrationState Failed(RegistrationState state, MonotonicTime now, double chance)
    {
        TimeSpan pause = RetryPause.After(state.Failures, options.RetryFirst, options.RetryMax);
        return state with { Failures = state.Failures + 1, NotBefore = now + pause.Spread(chance) };
    }

    private static RegistrationState Wanting(RegistrationState before, RegistrationState after) =>
        before.Status == after.Status ? after : after with { Stamp = after.Stamp + 1 };

    // A registration that may have arrived counts as arrived where that is the worse case: somebody may be calling.
    private static InstanceStatus Worse(RegistrationState state) =>
        state.Sent.Status == InstanceStatus.Up ? InstanceStatus.Up : state.Told;

    private MonotonicTime ChangeAllowedAt(RegistrationState state) =>
        state.ChangesPaidUntil - (options.ChangeInterval * (options.ChangeBurst - 1));

    // The first beat comes at any moment of the interval, so that instances started together do not beat together; later ones keep
    // their distance, a little early and never late.
    private static MonotonicTime FirstBeat(RegistrationState state, MonotonicTime now, double chance) =>
        now + ((state.Pace ?? s_paceUnknown) * (0.1 + (0.9 * chance)));

    private static MonotonicTime NextBeat(RegistrationState state, MonotonicTime now, double chance) =>
        now + ((state.Pace ?? s_paceUnknown) * (0.9 + (0.1 * chance)));

    private static TimeSpan? Pace(TimeSpan? lease, TimeSpan? interval) =>
        (lease / 3, interval) switch
        {
            (null, _) => null,
            (_, { } declared) when declared < lease => declared,
            ({ } third, _) => third,
        };

    private static RegistrationStep Register(RegistrationState state, MonotonicTime? wakeAt = null) =>
        Call(state with { MayBeThere = true, Sent = (state.Stamp, state.Status) }, RegistrationVerb.Register, wakeAt) with
        {
            Record = state.Record,
        };

    private static RegistrationStep Call(RegistrationState state, RegistrationVerb verb, MonotonicTime? wakeAt = null) =>
        new(state with { UnderWay = verb }, verb, null, wakeAt ?? RegistrationStep.Never);

    private static RegistrationStep Wait(RegistrationState state, MonotonicTime until) => new(state, RegistrationVerb.None, null, until);

    private static RegistrationStep End(RegistrationState state) =>
        new(state with { Ended = true }, RegistrationVerb.End, null, RegistrationStep.Never);
}
