using System.Diagnostics;
using System.Globalization;
using System.Net;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core.Leases;
using Rollcall.Load.Connections;
using Rollcall.Load.Controls;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Targets;

/// <summary>Rows 3, 5 and 6: heartbeats over TCP against a loop on a raw socket that parses the same frames and answers each.</summary>
internal static class TcpHeartbeats
{
    private const string ControlName = "a raw socket loop";
    private const int Instances = 100_000;
    private const int Services = 1_000;
    private const int HandlesPerFrame = 1_000;

    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);

    /// <summary>Row 3.</summary>
    public static async Task<Measurement> MeasureBytesAsync()
    {
        await using Arms arms = await Arms.StartAsync();
        return new Measurement(
            [
                await BytesAsync(arms, "TCP heartbeats, bytes allocated each, 256 frames in a read", arms.Frames, 1, window: 256),
                await BytesAsync(arms, "TCP heartbeats, bytes allocated each, one frame in a read", arms.Frames, 1, window: 1),
                await BytesAsync(
                    arms,
                    $"TCP heartbeats, bytes allocated each, {HandlesPerFrame} handles in a frame",
                    arms.ManyFrames,
                    HandlesPerFrame,
                    window: 1
                ),
            ],
            $"{Instances} instances registered; of the server process in all (GC.GetTotalAllocatedBytes), less what its own timers allocate: "
                + $"turns of {s_turn.TotalSeconds} s with heartbeats on 2 connections and without, in turn."
        );
    }

    /// <summary>Row 5.</summary>
    public static async Task<Measurement> MeasurePipelinedAsync()
    {
        await using Arms arms = await Arms.StartAsync();
        PairedArms<Turn> few = await PairAsync(arms, connections: 2, window: 64);
        PairedArms<Turn> many = await PairAsync(arms, connections: 2, window: 512);
        return new Measurement(
            [
                .. Figures("TCP heartbeats, 64 frames in a read", few, ship: 0.4, target: 0.7),
                .. Figures("TCP heartbeats, 512 frames in a read", many, ship: 0.4, target: 0.7),
            ],
            $"2 connections, each sends a window of frames and waits for its answers; {Instances} instances registered, renewed in random order."
        );
    }

    /// <summary>Row 6.</summary>
    public static async Task<Measurement> MeasureOneByOneAsync()
    {
        await using Arms arms = await Arms.StartAsync();
        PairedArms<Turn> one = await PairAsync(arms, connections: 1, window: 1);
        PairedArms<Turn> many = await PairAsync(arms, connections: 16, window: 1);
        return new Measurement(
            [
                .. Figures("TCP heartbeats, one frame per wake-up, 1 connection", one, ship: 0.6, target: 0.85),
                .. Figures("TCP heartbeats, one frame per wake-up, 16 connections", many, ship: 0.6, target: 0.85),
            ],
            $"Each connection sends one frame and waits for its answer; {Instances} instances registered, renewed in random order."
        );
    }

    private static Task<PairedArms<Turn>> PairAsync(Arms arms, int connections, int window) =>
        PairedArms<Turn>.RunAsync(
            () => arms.TurnAsync(arms.Server.Process, arms.Server.Tcp, connections, window),
            () => arms.TurnAsync(arms.Control, arms.ControlEndPoint, connections, window)
        );

    private static IEnumerable<Figure> Figures(string name, PairedArms<Turn> arms, double ship, double target) =>
        [
            RatioFigures.Of(name, arms, turn => turn.PerSecond, "/s", ControlName) with { Ship = ship, Target = target },
            RatioFigures.Of($"{name}, per second of server CPU", arms, turn => turn.PerCpuSecond, "/s", ControlName) with
            {
                Ship = ship,
                Target = target,
            },
        ];

    /// <summary>Bytes of a heartbeat: what the process allocates in a turn, less what it allocates in one without heartbeats.</summary>
    private static async Task<Figure> BytesAsync(Arms arms, string name, byte[] frames, int handlesPerFrame, int window)
    {
        ProgramProcess process = arms.Server.Process;
        PairedArms<Turn> turns = await PairedArms<Turn>.RunAsync(
            () => Arms.TurnAsync(process, arms.Server.Tcp, connections: 2, window, frames, handlesPerFrame),
            () => Turn.MeasureAsync(process, IdleAsync)
        );
        // To a hundredth of a byte: timers do not tick as often in each second.
        double bytes = turns.Subject.Zip(turns.Control, (busy, idle) => BytesOf(busy, idle)).Order().ElementAt(turns.Subject.Count / 2);
        double ownPerSecond = turns.OfControl(idle => idle.Server.AllocatedBytes / idle.Server.Elapsed.TotalSeconds).Median;
        return new Figure(name, Spread.Exactly(Math.Max(0, Math.Round(bytes, 2))), "B")
        {
            Ship = 0,
            Target = 0,
            Control = string.Create(CultureInfo.InvariantCulture, $"{ownPerSecond:N0} B a second without heartbeats, taken off"),
        };
    }

    private static double BytesOf(Turn busy, Turn idle) =>
        (busy.Server.AllocatedBytes - (idle.Server.AllocatedBytes * (busy.Server.Elapsed / idle.Server.Elapsed))) / busy.Operations;

    private static async Task<long> IdleAsync()
    {
        await Task.Delay(s_turn);
        return 1;
    }

    /// <summary>The server with its instances, and the control.</summary>
    private sealed class Arms(ServerUnderLoad server, ProgramProcess control, LeaseHandle[] handles) : IAsyncDisposable
    {
        public ServerUnderLoad Server { get; } = server;

        public ProgramProcess Control { get; } = control;

        public IPEndPoint ControlEndPoint { get; } = IPEndPoint.Parse(ControlCommand.AddressOf(control).Authority);

        /// <summary>A frame for each lease, one behind the other.</summary>
        public byte[] Frames { get; } = FrameBytes.Renewals(handles);

        /// <summary>A frame for each thousand leases.</summary>
        public byte[] ManyFrames { get; } =
            [.. handles.Chunk(HandlesPerFrame).SelectMany(slice => FrameBytes.RenewMany(slice))];

        public static async Task<Arms> StartAsync()
        {
            ServerUnderLoad server = await ServerUnderLoad.StartAsync();
            ProgramProcess control = await ControlCommand.StartAsync(ControlCommand.RawTcp);
            WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, Instances, Services);
            return new Arms(server, control, fleet.Shuffled());
        }

        public Task<Turn> TurnAsync(ProgramProcess process, EndPoint endPoint, int connections, int window) =>
            TurnAsync(process, endPoint, connections, window, Frames, 1);

        /// <summary>A turn of <see cref="s_turn"/>: a thread per connection, a window of frames under way on each.</summary>
        public static async Task<Turn> TurnAsync(
            ProgramProcess process,
            EndPoint endPoint,
            int connections,
            int window,
            byte[] frames,
            int handlesPerFrame
        )
        {
            FrameConnection[] open = [.. Enumerable.Range(0, connections).Select(_ => new FrameConnection(endPoint))];
            try
            {
                int frameBytes = handlesPerFrame == 1 ? FrameBytes.RenewBytes : FrameBytes.RenewManyBytes(handlesPerFrame);
                return await Turn.MeasureAsync(
                    process,
                    async () =>
                    {
                        long[] done = await Task.WhenAll(
                            open.Select(
                                (connection, i) =>
                                    Task.Factory.StartNew(
                                        () => Renew(connection, frames, window, frameBytes, i * window),
                                        TaskCreationOptions.LongRunning
                                    )
                            )
                        );
                        return done.Sum() * handlesPerFrame;
                    }
                );
            }
            finally
            {
                Array.ForEach(open, connection => connection.Dispose());
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Control.DisposeAsync();
        }

        private static long Renew(FrameConnection connection, byte[] frames, int window, int frameBytes, int first)
        {
            int windowBytes = window * frameBytes;
            int windows = frames.Length / windowBytes;
            long done = 0;
            long end = Stopwatch.GetTimestamp() + (long)(s_turn.TotalSeconds * Stopwatch.Frequency);
            for (int next = first % windows; Stopwatch.GetTimestamp() < end; next = (next + 1) % windows)
            {
                connection.Send(frames.AsSpan(next * windowBytes, windowBytes));
                connection.ReceiveAnswers(window);
                done += window;
            }

            return done;
        }
    }
}
