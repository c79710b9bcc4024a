using System.IO.Pipelines;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>One inbound lane: reads requests, answers everything that one read brought, flushes once.</summary>
/// <remarks>
/// <para>
/// One loop does all of it, so nothing here needs a lock but what others tell it (<see cref="Wakeup"/>): that a read has ended, that
/// there may be something to push, that it is to end. It waits for nothing else, except while a flush is under way: then the client
/// takes its answers too slowly to be read from.
/// </para>
/// <para>Cost: 0 bytes a round.</para>
/// </remarks>
internal sealed class WireSession : IThreadPoolWorkItem
{
    // Whoever ends a session wants it ended: a client that takes nothing has this long to take the last frame.
    private const int LastFlushMs = 1_000;

    private readonly WireServer _server;
    private readonly LanePeer _peer;
    private readonly SessionInput _input;
    private readonly PipeWriter _writer;
    private readonly FrameOutput _output;
    private readonly Outflow _outflow;
    private readonly Operations _operations;
    private readonly FrameDispatcher _dispatcher;
    private readonly Wakeup _wakeup = new();
    private SessionEnd? _end; // written once, by whoever ends it first
    private long _heardAtMs = Environment.TickCount64; // read by the sweep
    private long _flushingSinceMs; // 0: no flush under way; read by the sweep

    public WireSession(WireServer server, IDuplexPipe lane, LanePeer peer)
    {
        _server = server;
        _peer = peer;
        _input = new SessionInput(lane.Input, _wakeup);
        _writer = lane.Output;
        _output = new FrameOutput(lane.Output);
        _outflow = new Outflow(server, this, _output);
        _operations = new Operations(server, peer, _output, _outflow);
        _dispatcher = new FrameDispatcher(server, _operations, _output);
    }

    /// <summary>Where it stands in <see cref="WatcherList"/>; -1 if it does not. Guarded by that list.</summary>
    public int PlaceAmongWatchers { get; set; } = -1;

    /// <summary>There may be something for its watches. Runs the loop, if it waits, on this thread.</summary>
    public void WantsPush() => _wakeup.Raise(WakeReasons.Push);

    /// <summary>It is its turn to send the next portion.</summary>
    void IThreadPoolWorkItem.Execute() => WantsPush();

    /// <summary>Ends it with an error frame, if that can still be sent.</summary>
    public void End(WireErrorCode code, string message)
    {
        if (Interlocked.CompareExchange(ref _end, new SessionEnd(code, message), null) is null)
        {
            _wakeup.Raise(WakeReasons.End);
        }
    }

    /// <summary>Ends it if its client has been silent, or has not taken what waits for it, for too long.</summary>
    public void EndIfOverdue(long nowMs)
    {
        WireOptions options = _server.Options;
        long flushingSince = Volatile.Read(ref _flushingSinceMs);
        long silentMs = nowMs - Volatile.Read(ref _heardAtMs);
        if (flushingSince != 0)
        {
            double limitMs = Math.Min(options.StallTimeout.TotalMilliseconds, _end is null ? double.MaxValue : LastFlushMs);
            if (nowMs - flushingSince > limitMs)
            {
                _writer.CancelPendingFlush();
            }
        }
        else if (!_operations.IsGreeted && silentMs > options.HelloTimeout.TotalMilliseconds)
        {
            End(WireErrorCode.TimedOut, $"No hello came within {options.HelloTimeout.TotalSeconds:0.#} s (WireOptions.HelloTimeout).");
        }
        else if (silentMs > options.IdleTimeout.TotalMilliseconds)
        {
            End(WireErrorCode.TimedOut, $"Nothing came for {options.IdleTimeout.TotalSeconds:0.#} s (WireOptions.IdleTimeout).");
        }
    }

    /// <summary>Serves the lane until either side ends it, and completes both ends of it.</summary>
    /// <returns>True if the client is a peer: then the lane goes on, behind its hello, without this session.</returns>
    public async Task<bool> RunAsync()
    {
        bool goesOn = false;
        try
        {
            await LoopAsync().ConfigureAwait(false);
            goesOn = _operations is { IsPeer: true, HasEnded: false };
        }
        catch (Exception e) when (LaneFailure.Is(e))
        {
            Log.LaneBroke(_server.Logger, _peer.Transport, _peer.Remote, e.Message);
        }
        catch (Exception e)
        {
            Log.SessionFailed(_server.Logger, _peer.Transport, _peer.Remote, e);
            _operations.End(0, WireErrorCode.Fault, "The server failed: this is a bug of it."); // goes out when the writer completes
        }
        finally
        {
            _outflow.End();
            if (!goesOn)
            {
                await CloseAsync().ConfigureAwait(false);
            }
        }

        return goesOn;
    }

    /// <summary>True if the client has said something, or was told why not.</summary>
    public bool WasHeard => _operations.IsGreeted || _operations.HasEnded;

    /// <summary>How what goes over the lane is packed, as the hellos agreed.</summary>
    public Packing Packing => _outflow.Packing;

    private async Task LoopAsync()
    {
        while (true)
        {
            if (_input.IsIdle && !_operations.HasTooManyReads)
            {
                _input.Begin();
            }

            WakeReasons reasons = await _wakeup.WaitAsync().ConfigureAwait(false);
            if (Volatile.Read(ref _end) is { } end)
            {
                if ((reasons & WakeReasons.Input) != 0)
                {
                    _input.Take(); // or the end would wait for a read that has ended
                }

                _operations.End(0, end.Code, end.Message);
            }
            else
            {
                Work(reasons);
            }

            if (_output.Waiting > 0)
            {
                ValueTask<FlushResult> flush = _output.FlushAsync();
                if (!flush.IsCompleted)
                {
                    Volatile.Write(ref _flushingSinceMs, Environment.TickCount64);
                }

                FlushResult flushed = await flush.ConfigureAwait(false);
                Volatile.Write(ref _flushingSinceMs, 0);
                if (flushed.IsCanceled)
                {
                    Log.Stalled(_server.Logger, _peer.Transport, _peer.Remote, _server.Options.StallTimeout);
                }

                if (flushed.IsCanceled || flushed.IsCompleted)
                {
                    return;
                }
            }

            bool isOver = _operations.HasEnded || (_input.HasEnded && !_outflow.IsSending);
            if (isOver || _operations.IsPeer)
            {
                return;
            }

            if (_outflow.IsSending)
            {
                // Not here: this may be the pump's thread, and others wait for it.
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }
    }

    /// <summary>All that can be done without waiting.</summary>
    private void Work(WakeReasons reasons)
    {
        SessionScratch scratch = _server.Scratch.Get();
        try
        {
            if ((reasons & WakeReasons.Input) != 0)
            {
                Volatile.Write(ref _heardAtMs, Environment.TickCount64);
                ReadResult read = _input.Take();
                SequencePosition consumed = _dispatcher.Dispatch(read.Buffer, scratch);
                _input.Advance(consumed, read, _dispatcher.Paused);
            }

            if ((reasons & WakeReasons.Push) != 0 && !_operations.HasEnded)
            {
                _outflow.Push(scratch);
            }

            if (!_operations.HasEnded)
            {
                _outflow.WritePortion();
            }
        }
        finally
        {
            _server.Scratch.Return(scratch);
        }
    }

    private async Task CloseAsync()
    {
        try
        {
            await _writer.CompleteAsync().ConfigureAwait(false);
            _input.Cancel();
            while (!_input.IsIdle)
            {
                if ((await _wakeup.WaitAsync().ConfigureAwait(false) & WakeReasons.Input) != 0)
                {
                    _input.Take();
                }
            }

            await _input.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (LaneFailure.Is(e))
        {
            // It is gone already.
        }
    }
}

/// <summary>Why a session is ended from outside.</summary>
/// <param name="Code">For programs.</param>
/// <param name="Message">For people.</param>
internal sealed record SessionEnd(WireErrorCode Code, string Message);
