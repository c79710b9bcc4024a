using System.Diagnostics;
using System.Net;
using Rollcall.Core.Leases;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Connections;

/// <summary>Keeps a fleet renewed while something else is measured: one frame of many handles after the other, on a schedule.</summary>
/// <remarks>Owner: one row. Disposing ends it, and throws what went wrong with it.</remarks>
internal sealed class HeartbeatThread : IDisposable
{
    private const int FramesPerSecondUsual = 20;

    private readonly Thread _thread;
    private volatile bool _ends;
    private Exception? _failure;
    private Histogram _latency = new();
    private long _renewed;

    /// <summary>Begins.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="handles">Which leases.</param>
    /// <param name="interval">How often each.</param>
    /// <param name="framesPerSecond">Frames that they come in: the more, the finer is what their latency shows.</param>
    public HeartbeatThread(EndPoint server, LeaseHandle[] handles, TimeSpan interval, int framesPerSecond = FramesPerSecondUsual)
    {
        int frames = Math.Max(1, (int)(interval.TotalSeconds * framesPerSecond));
        byte[][] requests =
        [
            .. handles.Chunk((handles.Length + frames - 1) / frames).Select(slice => FrameBytes.RenewMany(slice)),
        ];
        _thread = new Thread(() => Run(server, requests, interval)) { IsBackground = true, Name = "heartbeats" };
        _thread.Start();
    }

    /// <summary>How long each frame took from when it was due to its answer, since the last call.</summary>
    public Histogram TakeLatency() => Interlocked.Exchange(ref _latency, new Histogram());

    /// <summary>Heartbeats that were answered so far.</summary>
    public long Renewed => Interlocked.Read(ref _renewed);

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
        if (_failure is not null)
        {
            throw new InvalidOperationException($"The heartbeats beside the measurement failed: {_failure.Message}", _failure);
        }
    }

    private void Run(EndPoint server, byte[][] requests, TimeSpan interval)
    {
        try
        {
            using var connection = new FrameConnection(server);
            long gap = (long)(interval.TotalSeconds * Stopwatch.Frequency / requests.Length);
            long due = Stopwatch.GetTimestamp();
            for (int i = 0; !_ends; i = (i + 1) % requests.Length)
            {
                Pacer.WaitUntil(due);
                connection.Send(requests[i]);
                // An answer names those that are unknown: it is empty if all are renewed.
                int unknown = connection.ReceiveAnswer((_, payload) => payload.Length);
                if (unknown > 0)
                {
                    throw new InvalidOperationException("leases that should live are unknown");
                }

                Volatile.Read(ref _latency).Record((long)Stopwatch.GetElapsedTime(due).TotalNanoseconds);
                Interlocked.Add(ref _renewed, FrameBytes.HandlesIn(requests[i]));
                due += gap;
            }
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
    }
}
