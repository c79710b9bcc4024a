using Rollcall.Client.Registering;
using Rollcall.Core;
using Rollcall.Core.Model;
using Xunit.Abstractions;

namespace Rollcall.Client.Tests.Registering;

/// <summary>
/// Every order of events up to a depth, from the beginning: all states that can be reached, each step checked. What a person would
/// not think of (an answer after the stop, a change after the cancellation, a failure while draining) is among them.
/// </summary>
public sealed class EveryOrderTests(ITestOutputHelper output)
{
    private const int Depth = 7;
    private const double Chance = 0.5;

    private static readonly ClientOptions s_options = new() { ChangeBurst = 1 };
    private static readonly RegistrationMachine s_machine = new(s_options);

    private static readonly RegistrationEvent[] s_asked =
    [
        new RegistrationEvent.HostStarted(),
        new RegistrationEvent.HealthSeen(true),
        new RegistrationEvent.HealthSeen(false),
        new RegistrationEvent.RecordSet(MachineRun.Wanted with { Weight = 7 }),
        new RegistrationEvent.LinkChanged(),
        new RegistrationEvent.StopAsked(),
    ];

    /// <summary>A state at a time, and what the registry may hold: the last status that reached it, or null.</summary>
    private sealed record Place(RegistrationState State, MonotonicTime Now, MonotonicTime WakeAt);

    [Fact]
    public void In_every_order_nothing_follows_the_cancellation_one_call_is_under_way_and_nothing_is_stuck()
    {
        HashSet<Place> seen = [];
        List<Place> edge = [After(RegistrationMachine.Begin(MachineRun.Wanted, 1), new RegistrationEvent.TimePassed(), MonotonicTime.Zero)];
        for (int depth = 0; depth < Depth; depth++)
        {
            var next = new List<Place>();
            foreach (Place place in edge)
            {
                foreach (Place reached in Successors(place).Where(seen.Add))
                {
                    next.Add(reached);
                }
            }

            edge = next;
        }

        output.WriteLine($"{seen.Count} states at a time, {Depth} events deep");
        Assert.True(seen.Count > 1_000, $"only {seen.Count} states were reached: the events lead nowhere");
        Assert.All(seen, EndsInTimeOnceAsked);
        Assert.All(seen, ComesToRestAsWanted);
    }

    private static IEnumerable<Place> Successors(Place place)
    {
        foreach (RegistrationEvent asked in s_asked)
        {
            yield return After(place.State, asked, place.Now);
        }

        foreach (RegistrationEvent answer in Answers(place.State))
        {
            yield return After(place.State, answer, place.Now);
        }

        if (place.WakeAt != RegistrationStep.Never)
        {
            yield return After(place.State, new RegistrationEvent.TimePassed(), place.WakeAt > place.Now ? place.WakeAt : place.Now);
        }
    }

    private static IEnumerable<RegistrationEvent> Answers(RegistrationState state) =>
        state.UnderWay switch
        {
            RegistrationVerb.Register =>
            [
                new RegistrationEvent.Registered(new(1), 5, 1),
                new RegistrationEvent.Refused(new RegistryError(RegistryErrorCode.InvalidValue, "no")),
                new RegistrationEvent.CallFailed(),
            ],
            RegistrationVerb.Renew =>
            [
                new RegistrationEvent.Renewed(),
                new RegistrationEvent.Forgotten(),
                new RegistrationEvent.CallFailed(),
            ],
            RegistrationVerb.ReadAcknowledged =>
            [
                new RegistrationEvent.Acknowledged(4, 1),
                new RegistrationEvent.Acknowledged(5, 1),
                new RegistrationEvent.CallFailed(),
            ],
            RegistrationVerb.Cancel => [new RegistrationEvent.Cancelled(), new RegistrationEvent.CallFailed()],
            _ => [],
        };

    private static Place After(RegistrationState before, RegistrationEvent happened, MonotonicTime now)
    {
        RegistrationStep step = s_machine.Step(before, happened, now, Chance);
        string what = $"{happened} at {now} in {before} gave {step.Verb}";
        bool sends = step.Verb is not (RegistrationVerb.None or RegistrationVerb.Abandon or RegistrationVerb.End);
        if (before.CancelSent || before.Ended)
        {
            Assert.False(sends, $"sent after the cancellation: {what}");
        }

        if (sends)
        {
            bool freed = happened is not RegistrationEvent.TimePassed && !s_asked.Contains(happened);
            Assert.True(before.UnderWay == RegistrationVerb.None || freed, $"two calls under way: {what}");
            Assert.Equal(step.Verb, step.State.UnderWay);
        }

        if (step.Record is { Status: InstanceStatus.Up })
        {
            Assert.True(step.State is { Started: true, Healthy: true, Stopping: false }, $"up before its time: {what}");
        }

        bool waits = !step.State.Ended && step.State.UnderWay == RegistrationVerb.None;
        Assert.True(!waits || step.WakeAt != RegistrationStep.Never, $"nothing would ever happen again: {what}");
        Assert.True(!waits || step.WakeAt > now, $"wakes at once, again and again: {what}");
        return new Place(step.State, now, step.WakeAt);
    }

    /// <summary>Told to stop now, with no answer to any call ever: it ends within the limits.</summary>
    private static void EndsInTimeOnceAsked(Place place)
    {
        Place at = After(place.State, new RegistrationEvent.StopAsked(), place.Now);
        MonotonicTime asked = at.State.StopAskedAt ?? place.Now;
        for (int step = 0; !at.State.Ended; step++)
        {
            Assert.True(step < 10, $"does not end: {at.State}");
            at = After(at.State, new RegistrationEvent.TimePassed(), at.WakeAt);
        }

        Assert.True(at.Now - asked <= s_options.DrainLimit + s_options.CancelLimit, $"ended after {at.Now - asked}");
    }

    /// <summary>Left alone, with good answers to every call: what the registry was told becomes what is wanted.</summary>
    private static void ComesToRestAsWanted(Place place)
    {
        Place at = place;
        for (int step = 0; step < 40 && !at.State.Ended; step++)
        {
            RegistrationEvent happens = at.State.UnderWay switch
            {
                RegistrationVerb.None => new RegistrationEvent.TimePassed(),
                RegistrationVerb.Register => new RegistrationEvent.Registered(new(1), 9, 1),
                RegistrationVerb.ReadAcknowledged => new RegistrationEvent.Acknowledged(9, 1),
                RegistrationVerb.Cancel => new RegistrationEvent.Cancelled(),
                _ => new RegistrationEvent.Renewed(),
            };
            bool waits = at.State.UnderWay == RegistrationVerb.None;
            at = After(at.State, happens, waits ? at.WakeAt : at.Now);
        }

        Assert.True(
            at.State.Stopping ? at.State.Ended : at.State.ToldStamp == at.State.Stamp && at.State.Told == at.State.Status,
            $"did not come to rest: {at.State}"
        );
    }
}
