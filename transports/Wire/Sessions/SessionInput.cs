using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>The lane's inward half: a read is begun, and its end wakes the session's loop, which meanwhile may do other things.</summary>
/// <remarks>Owner: the loop of one session.</remarks>
internal sealed class SessionInput
{
    private readonly PipeReader _reader;
    private readonly Wakeup _wakeup;
    private readonly Action _onRead;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _reading;

    public SessionInput(PipeReader reader, Wakeup wakeup)
    {
        _reader = reader;
        _wakeup = wakeup;
        _onRead = () => _wakeup.Raise(WakeReasons.Input);
    }

    /// <summary>True if no read is under way.</summary>
    public bool IsIdle { get; private set; } = true;

    /// <summary>True if the client sends no more, and all that it sent is read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Begins a read; <see cref="WakeReasons.Input"/> is raised when it ends. Nothing, if the client sends no more.</summary>
    public void Begin()
    {
        if (HasEnded)
        {
            return;
        }

        IsIdle = false;
#pragma warning disable CA2012 // Waited for once, but not here: that is what this type is for.
        _reading = _reader.ReadAsync().ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
        if (_reading.IsCompleted)
        {
            _wakeup.Raise(WakeReasons.Input);
        }
        else
        {
            _reading.UnsafeOnCompleted(_onRead);
        }
    }

    /// <summary>What the read that has ended brought.</summary>
    public ReadResult Take()
    {
        IsIdle = true;
        return _reading.GetResult();
    }

    /// <summary>What was taken is read up to <paramref name="consumed"/>; if not <paramref name="paused"/>, the rest is the beginning of a frame.</summary>
    public void Advance(SequencePosition consumed, in ReadResult read, bool paused)
    {
        HasEnded = read.IsCompleted && !paused;
        _reader.AdvanceTo(consumed, paused ? consumed : read.Buffer.End);
    }

    /// <summary>Ends the read under way.</summary>
    public void Cancel() => _reader.CancelPendingRead();

    /// <summary>Nothing is read any more.</summary>
    public ValueTask CompleteAsync() => _reader.CompleteAsync();
}
