using System.Diagnostics;
using System.Diagnostics.Metrics;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Hosting;
using Rollcall.Testing;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Hosting;

/// <summary>The runner: transports in order, a loop that moves time and does not die, an end within its limit.</summary>
public sealed class RegistryRunnerTests
{
    private const int GuardEngaged = 10;
    private const int GuardEnded = 11;
    private const int AdvanceFailed = 20;
    private const int AdvanceRecovered = 21;

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Transports_start_and_stop_once_and_are_disposed()
    {
        var registry = new RegistryService(new RegistryOptions(), TimeProvider.System);
        var transport = new FakeTransport();
        await using (var runner = new RegistryRunner(registry, [transport]))
        {
            await runner.StartAsync();
            Assert.Same(registry, transport.Registry);
            Assert.Equal(["fake://here"], runner.Addresses);
            await runner.StopAsync();
        }

        Assert.Equal(["start", "stop", "dispose"], transport.Calls);
    }

    [Fact]
    public async Task A_transport_that_cannot_start_stops_those_before_it()
    {
        var good = new FakeTransport("good");
        var bad = new FakeTransport("bad") { StartProblem = new TransportStartException("no") };
        var never = new FakeTransport("never");
        await using var runner = new RegistryRunner(NewRegistry(), [good, bad, never]);

        await Assert.ThrowsAsync<TransportStartException>(() => runner.StartAsync());
        Assert.Equal(["start", "stop"], good.Calls);
        Assert.Equal(["start", "stop"], bad.Calls);
        Assert.Empty(never.Calls);
    }

    [Fact]
    public async Task A_transport_that_does_not_stop_is_left_behind()
    {
        var deaf = new FakeTransport { OnStop = _ => new TaskCompletionSource().Task };
        await using var runner = new RegistryRunner(NewRegistry(), [deaf]);
        await runner.StartAsync();

        long asked = Stopwatch.GetTimestamp();
        await runner.StopAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(asked), RegistryRunner.StopLimit * 0.9, RegistryRunner.StopLimit + s_deadline);
    }

    [Fact]
    public async Task A_transport_that_fails_to_stop_does_not_keep_the_others_from_it()
    {
        var broken = new FakeTransport("broken") { OnStop = _ => throw new InvalidOperationException("no") };
        var good = new FakeTransport("good");
        await using var runner = new RegistryRunner(NewRegistry(), [broken, good]);
        await runner.StartAsync();
        await runner.StopAsync();
        Assert.Equal(["start", "stop"], good.Calls);
    }

    [Fact]
    public async Task Leases_end_while_it_runs()
    {
        RegistryService registry = NewRegistry();
        registry.Register(RegistrationBuilder.Of("A", "1") with { LeaseDuration = TimeSpan.FromSeconds(1) }, registry.Now);
        await using var runner = new RegistryRunner(registry, []);
        await runner.StartAsync();
        await UntilAsync(() => registry.Counts.Expiries == 1);
        Assert.Equal(0, registry.ReadSnapshot().Count);
    }

    [Fact]
    public async Task The_loop_goes_in_step_with_the_ticks_of_the_registry()
    {
        var time = new HandTime();
        TimeSpan tick = TimeSpan.FromMilliseconds(20);
        var registry = new RegistryService(new RegistryOptions { WheelTick = tick }, time);
        await using var runner = new RegistryRunner(registry, [], time: time);
        time.Pass(TimeSpan.FromMilliseconds(13));
        await runner.StartAsync();

        // Its first turn is a tick after the start; the registry's next tick ends 7 ms after that.
        time.Pass(tick);
        Assert.Equal(TimeSpan.FromMilliseconds(7), await time.NextDueAsync(TimeSpan.FromMilliseconds(7)));
    }

    [Fact]
    public async Task The_loop_outlives_exceptions_and_logs_when_they_begin_and_end()
    {
        var clock = new FailingClock();
        var registry = new RegistryService(new RegistryOptions(), clock);
        var log = new LogRecorder();
        await using var runner = new RegistryRunner(registry, [], logger: log);
        await runner.StartAsync();

        clock.Failing = true;
        await log.WaitForAsync(AdvanceFailed);
        await UntilAsync(() => clock.Failures > 3);
        clock.Failing = false;
        await log.WaitForAsync(AdvanceRecovered);
        Assert.Equal(1, log.CountOf(AdvanceFailed));
    }

    [Fact]
    public async Task The_guard_is_logged_once_when_it_engages_and_once_when_it_ends()
    {
        var clock = new HandClock();
        var registry = new RegistryService(new RegistryOptions { GuardPopulationMin = 2 }, clock);
        var log = new LogRecorder();
        foreach (
            Registration registration in RegistrationBuilder.Many("A", 20, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10))
        )
        {
            registry.Register(registration, registry.Now);
        }

        await using var runner = new RegistryRunner(registry, [], logger: log);
        await runner.StartAsync();
        await UntilAsync(() =>
        {
            clock.Pass(TimeSpan.FromMilliseconds(500));
            return log.CountOf(GuardEngaged) > 0;
        });
        Assert.Contains("no lease expires", await log.WaitForAsync(GuardEngaged), StringComparison.Ordinal);

        registry.ConfirmLoss(registry.Now);
        await log.WaitForAsync(GuardEnded);
        await UntilAsync(() =>
        {
            clock.Pass(TimeSpan.FromMilliseconds(500));
            return registry.ReadSnapshot().Count == 0;
        });
        Assert.Equal(1, log.CountOf(GuardEngaged));
        Assert.Equal(1, log.CountOf(GuardEnded));
    }

    [Fact]
    public async Task The_meter_counts_with_the_verbs_of_the_core()
    {
        RegistryService registry = NewRegistry();
        using var meter = new RegistryMeter(registry);
        await using var runner = new RegistryRunner(registry, [], meter: meter);
        using var listener = new MetricReader();
        await runner.StartAsync();

        registry.Register(RegistrationBuilder.Of("A", "1") with { LeaseDuration = TimeSpan.FromSeconds(1) }, registry.Now);
        registry.Register(RegistrationBuilder.Of("A", "2"), registry.Now);
        registry.Renew(InstanceKey.Of("A", "2"), null, registry.Now);
        registry.Renew(InstanceKey.Of("A", "3"), null, registry.Now);
        registry.SetStatus(InstanceKey.Of("A", "2"), InstanceStatus.OutOfService, registry.Now);
        registry.SetMetadata(InstanceKey.Of("A", "2"), [KeyValuePair.Create("k", "v")], registry.Now);
        await UntilAsync(() => registry.Counts.Expiries == 1 && listener.HistogramOf("rollcall.expiry.lateness") > 0);

        listener.Collect();
        Assert.Equal(2, listener["rollcall.registrations"]);
        Assert.Equal(1, listener["rollcall.renewals"]);
        Assert.Equal(1, listener["rollcall.renewals_refused"]);
        Assert.Equal(1, listener["rollcall.expiries"]);
        Assert.Equal(1, listener["rollcall.status_writes"]);
        Assert.Equal(1, listener["rollcall.metadata_writes"]);
        Assert.Equal(0, listener["rollcall.cancellations"]);
        Assert.Equal(1, listener["rollcall.instances{out_of_service}"]);
        Assert.Equal(0, listener["rollcall.instances{up}"]);
        Assert.Equal(1, listener["rollcall.services"]);
        Assert.Equal(0, listener["rollcall.guard.engaged"]);
        Assert.True(listener.HistogramOf("rollcall.advance.duration") > 0);
    }

    private static RegistryService NewRegistry() => new(new RegistryOptions(), TimeProvider.System);

    /// <summary>Waits for something that another thread brings about.</summary>
    private static async Task UntilAsync(Func<bool> holds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = new CancellationTokenSource(s_deadline);
        while (!holds())
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>The system's clock, with a switch that breaks it.</summary>
    private sealed class FailingClock : TimeProvider
    {
        private int _failures;

        public bool Failing { get; set; }

        public int Failures => Volatile.Read(ref _failures);

        public override long GetTimestamp()
        {
            if (!Failing)
            {
                return base.GetTimestamp();
            }

            Interlocked.Increment(ref _failures);
            throw new InvalidOperationException("The clock is broken.");
        }
    }

    /// <summary>The last value of each instrument of the registry's meter, by name and label.</summary>
    private sealed class MetricReader : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, long> _values = []; // guarded by _gate
        private readonly MeterListener _listener = new();

        public MetricReader()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == RegistryMeter.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Set(Name(instrument, tags), value));
            _listener.SetMeasurementEventCallback<double>(
                (instrument, _, _, _) => Set(instrument.Name, HistogramOf(instrument.Name) + 1)
            );
            _listener.Start();
        }

        public long this[string name] => HistogramOf(name);

        public void Collect() => _listener.RecordObservableInstruments();

        /// <summary>How many measurements a histogram has had; 0 if none.</summary>
        public long HistogramOf(string name)
        {
            lock (_gate)
            {
                return _values.GetValueOrDefault(name, 0);
            }
        }

        public void Dispose() => _listener.Dispose();

        private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            tags.IsEmpty ? instrument.Name : $"{instrument.Name}{{{tags[0].Value}}}";

        private void Set(string name, long value)
        {
            lock (_gate)
            {
                _values[name] = value;
            }
        }
    }
}
