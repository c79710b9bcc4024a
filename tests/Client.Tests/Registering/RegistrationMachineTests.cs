using Rollcall.Client.Registering;
using Rollcall.Core.Model;

namespace Rollcall.Client.Tests.Registering;

/// <summary>The life of a registration, step by step. Time is an argument.</summary>
public sealed class RegistrationMachineTests
{
    private static readonly ClientOptions s_options = new();

    [Fact]
    public void It_is_starting_until_the_application_has_started_and_is_healthy()
    {
        MachineRun run = new MachineRun().Pass(TimeSpan.Zero).Accept();
        run.Start();
        run.Health(true).Accept();
        Assert.Equal(["Register Starting", "Register Up"], run.Sent);
    }

    [Fact]
    public void A_health_check_alone_makes_nothing_up() =>
        Assert.Equal(["Register Starting"], new MachineRun().Pass(TimeSpan.Zero).Accept().Health(true).Sent);

    [Theory]
    [InlineData(false, null, null, InstanceStatus.Starting)]
    [InlineData(false, true, null, InstanceStatus.Starting)]
    [InlineData(false, false, null, InstanceStatus.Starting)]
    [InlineData(true, null, null, InstanceStatus.Starting)]
    [InlineData(true, false, null, InstanceStatus.Down)]
    [InlineData(true, true, null, InstanceStatus.Up)]
    [InlineData(true, true, InstanceStatus.OutOfService, InstanceStatus.OutOfService)]
    [InlineData(true, false, InstanceStatus.OutOfService, InstanceStatus.Down)]
    [InlineData(true, null, InstanceStatus.OutOfService, InstanceStatus.Starting)]
    public void Status_follows_from_start_health_and_the_applications_word(
        bool started,
        bool? healthy,
        InstanceStatus? forced,
        InstanceStatus expected
    )
    {
        RegistrationState state = new MachineRun().State with { Started = started, Healthy = healthy, Forced = forced };
        Assert.Equal(expected, state.Status);
        Assert.Equal(InstanceStatus.OutOfService, (state with { StopAskedAt = MonotonicTime.Zero }).Status);
    }

    [Fact]
    public void Beats_come_a_little_early_and_never_late()
    {
        MachineRun run = MachineRun.Up();
        MonotonicTime before = run.Now;
        run.Wake();
        Assert.Equal(["Renew"], run.Sent);
        for (int beat = 0; beat < 5; beat++)
        {
            before = run.Now;
            run.Step(new RegistrationEvent.Renewed()).Wake();
            Assert.InRange(run.Now - before, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(0.999)]
    public void Beats_of_instances_that_start_together_are_spread(double chance)
    {
        var machine = new RegistrationMachine(s_options);
        RegistrationState state = RegistrationMachine.Begin(MachineRun.Wanted, 1);
        state = machine.Step(state, new RegistrationEvent.TimePassed(), MonotonicTime.Zero, chance).State;
        RegistrationStep step = machine.Step(state, new RegistrationEvent.Registered(new(1), 1, 1), MonotonicTime.Zero, chance);
        Assert.Equal(TimeSpan.FromSeconds(1 + (9 * chance)), step.WakeAt.SinceStart);
    }

    [Theory]
    [InlineData(30, 10, 10)]
    [InlineData(30, 20, 20)]
    [InlineData(30, 30, 10)]
    [InlineData(30, null, 10)]
    public void The_pace_is_the_interval_that_was_declared_or_a_third_of_the_lease(int lease, int? interval, int pace) =>
        Assert.Equal(
            TimeSpan.FromSeconds(pace),
            RegistrationMachine
                .Begin(
                    MachineRun.Wanted with
                    {
                        LeaseDuration = TimeSpan.FromSeconds(lease),
                        RenewalInterval = interval is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                    },
                    1
                )
                .Pace
        );

    [Fact]
    public void Durations_that_were_not_declared_are_asked_for_and_the_registry_sets_the_pace()
    {
        MachineRun run = new MachineRun(null, MachineRun.Wanted with { LeaseDuration = null, RenewalInterval = null });
        run.Pass(TimeSpan.Zero).Accept();
        Assert.Equal(["Register Starting", "ReadPace"], run.Sent);
        run.Step(new RegistrationEvent.PaceRead(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(30))).Wake();
        MonotonicTime beat = run.Now;
        run.Step(new RegistrationEvent.Renewed()).Wake();
        Assert.InRange(run.Now - beat, TimeSpan.FromSeconds(27), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void What_the_registry_does_not_know_registers_again_at_once_with_what_is_wanted_now()
    {
        MachineRun run = MachineRun.Up().Wake();
        run.Step(new RegistrationEvent.Forgotten());
        Assert.Equal(["Renew", "Register Up"], run.Sent);
    }

    [Fact]
    public void A_change_goes_out_at_once()
    {
        MachineRun run = MachineRun.Up().Health(false);
        Assert.Equal(["Register Down"], run.Sent);
    }

    [Fact]
    public void Many_changes_are_limited_in_rate_and_the_newest_wins()
    {
        MachineRun run = MachineRun.Up(s_options with { ChangeBurst = 2, ChangeInterval = TimeSpan.FromSeconds(5) });
        run.Pass(TimeSpan.FromMinutes(1)).Step(new RegistrationEvent.Renewed()); // the burst is there again
        List<string?> told = [];
        for (int change = 0; change < 200; change++)
        {
            run.Metadata($"{change}");
            while (run.State.UnderWay != RegistrationVerb.None)
            {
                if (run.Last.Record is { } record)
                {
                    told.Add(record.Metadata[0].Value);
                    run.Accept();
                }
                else
                {
                    run.Step(new RegistrationEvent.Renewed());
                }
            }

            run.Pass(TimeSpan.FromMilliseconds(100));
            if (run.Last.Record is { } later)
            {
                told.Add(later.Metadata[0].Value);
                run.Accept();
            }
            else if (run.State.UnderWay == RegistrationVerb.Renew)
            {
                run.Step(new RegistrationEvent.Renewed());
            }
        }

        run.Wake();
        // 20 s: two at once, then one each 5 s, and the last one when its turn comes.
        Assert.InRange(told.Count, 5, 6);
        Assert.Equal("199", run.Last.Record?.Metadata[0].Value ?? told[^1]);
    }

    [Fact]
    public void A_change_that_goes_back_before_it_was_sent_still_tells_the_newest_record()
    {
        MachineRun run = new MachineRun().Pass(TimeSpan.Zero).Start().Health(true).Health(false).Health(true);
        Assert.Equal(["Register Starting"], run.Sent); // one call under way at a time
        Assert.Equal("Register Up", run.Accept().Sent[^1]);
    }

    [Fact]
    public void Failures_pause_longer_and_longer_up_to_the_limit()
    {
        MachineRun run = new MachineRun().Pass(TimeSpan.Zero);
        List<double> pauses = [];
        for (int i = 0; i < 8; i++)
        {
            MonotonicTime before = run.Now;
            run.Fail().Wake();
            pauses.Add((run.Now - before).TotalSeconds);
        }

        Assert.Equal([0.375, 0.75, 1.5, 3, 6, 7.5, 7.5, 7.5], pauses);
    }

    [Fact]
    public void Beats_go_on_while_a_change_is_refused()
    {
        MachineRun run = MachineRun.Up().Metadata("bad").Refuse();
        for (int i = 0; i < 100; i++)
        {
            run.Wake();
            _ = run.Last.Verb switch
            {
                RegistrationVerb.Register => run.Refuse(),
                RegistrationVerb.Renew => run.Step(new RegistrationEvent.Renewed()),
                _ => run,
            };
        }

        double minutes = run.Now.SinceStart.TotalMinutes;
        Assert.True(run.Sent.Count(verb => verb == "Renew") >= (minutes * 6) - 2, $"too few beats in {minutes} min");
        Assert.NotNull(run.State.Refusal);
        Assert.Null(run.Metadata("good").Pass(TimeSpan.FromMinutes(1)).Step(new RegistrationEvent.Renewed()).Accept().State.Refusal);
    }

    [Fact]
    public void Another_link_is_asked_soon_whether_it_knows_the_instance()
    {
        MachineRun run = MachineRun.Up().Step(new RegistrationEvent.LinkChanged());
        MonotonicTime before = run.Now;
        run.Wake();
        Assert.Equal("Renew", run.Sent[^1]);
        Assert.InRange(run.Now - before, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Stopping_announces_waits_for_every_subscriber_and_cancels()
    {
        MachineRun run = MachineRun.Up().Stop().Accept(version: 100).Step(new RegistrationEvent.Acknowledged(99, 1));
        run.Wake().Step(new RegistrationEvent.Acknowledged(100, 1));
        run.Step(new RegistrationEvent.Cancelled());
        Assert.Equal(["Register OutOfService", "ReadAcknowledged", "ReadAcknowledged", "Cancel", "End"], run.Sent);
        Assert.Equal(RegistrationMachine.AcknowledgementPace, run.Now - run.State.StopAskedAt!.Value);
    }

    [Fact]
    public void Subscribers_that_never_acknowledge_hold_it_until_the_limit()
    {
        MachineRun run = MachineRun.Up().Stop().Accept(version: 100);
        while (run.Last.Verb != RegistrationVerb.Cancel)
        {
            _ = run.State.UnderWay switch
            {
                RegistrationVerb.ReadAcknowledged => run.Step(new RegistrationEvent.Acknowledged(1, 1)),
                RegistrationVerb.Renew => run.Step(new RegistrationEvent.Renewed()),
                _ => run.Wake(),
            };
        }

        Assert.Equal(s_options.DrainLimit, run.Now - run.State.StopAskedAt!.Value);
    }

    [Fact]
    public void Callers_that_poll_are_given_the_time_that_was_set()
    {
        ClientOptions options = s_options with { DrainMin = TimeSpan.FromSeconds(2) };
        MachineRun run = MachineRun.Up(options).Stop().Accept(version: 100).Step(new RegistrationEvent.Acknowledged(100, 1));
        while (run.Last.Verb != RegistrationVerb.Cancel)
        {
            run.Wake();
        }

        Assert.Equal(options.DrainMin, run.Now - run.State.StopAskedAt!.Value);
    }

    [Fact]
    public void A_long_drain_goes_on_renewing()
    {
        ClientOptions options = s_options with { DrainLimit = TimeSpan.FromMinutes(2), DrainMin = TimeSpan.FromMinutes(1) };
        MachineRun run = MachineRun.Up(options).Stop().Accept(version: 100).Step(new RegistrationEvent.Acknowledged(100, 1));
        while (run.Last.Verb != RegistrationVerb.Cancel)
        {
            run.Wake();
            if (run.State.UnderWay == RegistrationVerb.Renew)
            {
                run.Step(new RegistrationEvent.Renewed());
            }
        }

        Assert.InRange(run.Sent.Count(verb => verb == "Renew"), 6, 7);
    }

    [Fact]
    public void One_that_never_took_traffic_is_cancelled_at_once()
    {
        MachineRun run = new MachineRun().Pass(TimeSpan.Zero).Accept().Stop();
        Assert.Equal(["Register Starting", "Cancel"], run.Sent);
    }

    [Fact]
    public void One_whose_registration_as_up_may_have_arrived_is_drained()
    {
        MachineRun run = new MachineRun().Pass(TimeSpan.Zero).Accept().Start().Health(true).Fail().Stop();
        Assert.Equal("Register OutOfService", run.Sent[^1]);
    }

    [Fact]
    public void A_registry_that_is_away_does_not_hold_the_stop()
    {
        MachineRun run = MachineRun.Up().Stop();
        while (!run.State.Ended)
        {
            _ = run.State.UnderWay != RegistrationVerb.None ? run.Fail() : run.Wake();
        }

        Assert.Equal(["Register OutOfService", "Register OutOfService", "Cancel", "End"], run.Sent);
        Assert.InRange(run.Now - run.State.StopAskedAt!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_call_that_never_ends_is_given_up_and_the_end_comes_all_the_same()
    {
        MachineRun run = MachineRun.Up().Stop().Wake();
        Assert.Equal("Abandon", run.Sent[^1]);
        Assert.Equal(s_options.DrainLimit, run.Now - run.State.StopAskedAt!.Value);
        run.Fail();
        Assert.Equal("Cancel", run.Sent[^1]);
        run.Wake();
        Assert.Equal("End", run.Sent[^1]);
        Assert.Equal(s_options.DrainLimit + s_options.CancelLimit, run.Now - run.State.StopAskedAt!.Value);
    }

    [Fact]
    public void Nothing_that_happens_after_the_cancellation_sends_anything()
    {
        MachineRun run = MachineRun.Up().Stop().Fail().Wake().Fail();
        Assert.Equal("Cancel", run.Sent[^1]);
        run.Health(false).Metadata("late").Start().Step(new RegistrationEvent.LinkChanged()).Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal("Cancel", run.Sent[^1]);
        run.Step(new RegistrationEvent.Cancelled()).Health(true).Metadata("later").Stop().Pass(TimeSpan.FromDays(1));
        Assert.All(run.Sent.SkipWhile(verb => verb != "Cancel").Skip(1), verb => Assert.Equal("End", verb));
    }
}
