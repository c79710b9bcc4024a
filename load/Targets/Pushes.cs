using System.Buffers;
using System.Diagnostics;
using System.Net;
using Rollcall.Bench.Reports;
using Rollcall.Core.Model;
using Rollcall.Load.Connections;
using Rollcall.Load.Controls;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Load.Targets;

/// <summary>Rows 12 and 13: from a change to its subscribers, against a raw round trip and a raw fan-out.</summary>
internal static class Pushes
{
    private const int Instances = 10_000;
    private const int Services = 100;
    private const int Subscribers = 1_000;
    private const int ChangesPerTurn = 1_000;
    private const int FanOutsPerTurn = 50;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    // So that the machine is idle between two changes, as the row says.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Row 12.</summary>
    public static async Task<Measurement> MeasureOneAsync()
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        await using ProgramProcess control = await ControlCommand.StartAsync(ControlCommand.RawTcp);
        WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, Instances, Services);
        using var heartbeats = new HeartbeatThread(server.Tcp, fleet.Handles, s_interval);
        using var writer = new FrameConnection(server.Tcp);
        using var subscriber = new FrameConnection(server.Tcp);
        using var raw = new FrameConnection(IPEndPoint.Parse(ControlCommand.AddressOf(control).Authority));
        var flips = new StatusFlips(fleet);
        byte[] flip = flips.Next();
        subscriber.Send(FrameBytes.Watch(RegistryVersion.None));
        subscriber.Acknowledge(subscriber.ReceiveUpdate());
        PairedArms<Histogram> arms = await PairedArms<Histogram>.RunAsync(
            () => TurnAsync(ChangesPerTurn, () => ChangeToSubscriber(writer, subscriber, flips.Next())),
            () => TurnAsync(ChangesPerTurn, () => RoundTrip(raw, flip))
        );
        return new Measurement(
            [
                RatioFigures.OfTimes("change to one subscriber, p50", arms, h => h.Percentile(0.5).TotalMicroseconds, "a raw round trip") with
                {
                    Ship = 15,
                    Target = 4,
                },
                RatioFigures.OfTimes("change to one subscriber, p99", arms, h => h.Percentile(0.99).TotalMicroseconds, "a raw round trip"),
            ],
            $"{Instances} instances, renewed every {s_interval.TotalSeconds} s meanwhile; one status flip at a time, {ChangesPerTurn} in a turn, "
                + $"{s_pause.TotalMilliseconds} ms apart; from sending the flip on one connection to having it on another."
        );
    }

    /// <summary>Row 13.</summary>
    public static async Task<Measurement> MeasureAllAsync()
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        await using ProgramProcess control = await ControlCommand.StartAsync(ControlCommand.RawFanOut);
        WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, Instances, Services);
        using var heartbeats = new HeartbeatThread(server.Tcp, fleet.Handles, s_interval);
        var flips = new StatusFlips(fleet);
        using var writer = new FrameConnection(server.Tcp);
        using var trigger = new FrameConnection(IPEndPoint.Parse(ControlCommand.AddressOf(control).Authority));
        (RegistryVersion version, byte[] update) = CaptureUpdate(server.Tcp, writer, flips);
        byte[] fanOut = FrameBytes.Frame(Opcode.SetStatus, output => output.Write(update));
        using Crowd crowd = await Crowd.StartAsync(server.Tcp, version);
        using Crowd readers = await Crowd.StartAsync(IPEndPoint.Parse(ControlCommand.AddressOf(control).Authority), version);
        PairedArms<Histogram> arms = await PairedArms<Histogram>.RunAsync(
            () => TurnAsync(FanOutsPerTurn, () => crowd.Measure(writer, flips.Next())),
            () => TurnAsync(FanOutsPerTurn, () => readers.Measure(trigger, fanOut))
        );
        return new Measurement(
            [
                RatioFigures.OfTimes($"change to the last of {Subscribers} subscribers, p50", arms, h => h.Percentile(0.5).TotalMicroseconds, "a raw fan-out loop") with
                {
                    Ship = 5,
                    Target = 2,
                },
                RatioFigures.OfTimes($"change to the last of {Subscribers} subscribers, p90", arms, h => h.Percentile(0.9).TotalMicroseconds, "a raw fan-out loop"),
            ],
            $"{Instances} instances, renewed every {s_interval.TotalSeconds} s meanwhile; {FanOutsPerTurn} status flips in a turn, the next when all have "
                + $"the last; {update.Length} bytes to each of {Subscribers} connections in both arms, read by the same driver."
        );
    }

    /// <summary>A turn: the same thing some times, one after the other, on one thread.</summary>
    private static Task<Histogram> TurnAsync(int times, Func<TimeSpan> measure) =>
        Task.Factory.StartNew(
            () =>
            {
                var histogram = new Histogram();
                for (int i = 0; i < times; i++)
                {
                    Pacer.WaitUntil(Stopwatch.GetTimestamp() + (long)(s_pause.TotalSeconds * Stopwatch.Frequency));
                    histogram.Record((long)measure().TotalNanoseconds);
                }

                return histogram;
            },
            TaskCreationOptions.LongRunning
        );

    private static TimeSpan ChangeToSubscriber(FrameConnection writer, FrameConnection subscriber, byte[] flip)
    {
        long start = Stopwatch.GetTimestamp();
        writer.Send(flip);
        ulong version = subscriber.ReceiveUpdate();
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        writer.ReceiveAnswers(1);
        subscriber.Acknowledge(version);
        return time;
    }

    private static TimeSpan RoundTrip(FrameConnection raw, byte[] flip)
    {
        long start = Stopwatch.GetTimestamp();
        raw.Send(flip);
        raw.ReceiveAnswers(1);
        return Stopwatch.GetElapsedTime(start);
    }

    // What the server pushes for one flip, header and all, and the version after it.
    private static (RegistryVersion Version, byte[] Update) CaptureUpdate(EndPoint server, FrameConnection writer, StatusFlips flips)
    {
        using var subscriber = new FrameConnection(server);
        subscriber.Send(FrameBytes.Watch(writer.Write(flips.Next())));
        RegistryVersion version = writer.Write(flips.Next());
        return (version, subscriber.ReceiveAnswer(ToBytes));
    }

    private static byte[] ToBytes(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[FrameHeader.Size + payload.Length];
        header.Write(frame);
        payload.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    /// <summary>The subscribers of one arm, and when the last of them had the last update.</summary>
    private sealed class Crowd : IDisposable
    {
        private readonly ManualResetEventSlim _all = new();
        private Watcher[] _watchers = [];
        private int _missing;
        private long _lastAt;

        public static async Task<Crowd> StartAsync(EndPoint server, RegistryVersion since)
        {
            var crowd = new Crowd();
            crowd._watchers = new Watcher[Subscribers];
            for (int i = 0; i < Subscribers; i++)
            {
                crowd._watchers[i] = await Watcher.StartAsync(server, since, crowd.Updated);
            }

            return crowd;
        }

        public TimeSpan Measure(FrameConnection writer, byte[] change)
        {
            _missing = Subscribers;
            _all.Reset();
            long start = Stopwatch.GetTimestamp();
            writer.Send(change);
            if (!_all.Wait(s_deadline))
            {
                Array.ForEach(_watchers, watcher => watcher.ThrowIfEnded());
                throw new TimeoutException($"{_missing} of {Subscribers} subscribers have no update after {s_deadline.TotalSeconds} s");
            }

            writer.ReceiveAnswers(1);
            return Stopwatch.GetElapsedTime(start, _lastAt);
        }

        public void Dispose()
        {
            Array.ForEach(_watchers, watcher => watcher?.Dispose());
            _all.Dispose();
        }

        private void Updated(long at)
        {
            if (Interlocked.Decrement(ref _missing) == 0)
            {
                _lastAt = at;
                _all.Set();
            }
        }
    }
}
