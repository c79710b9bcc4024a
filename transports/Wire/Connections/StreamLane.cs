using System.IO.Pipelines;

namespace Rollcall.Transports.Wire.Connections;

/// <summary>A stream that encrypts, or is one of several in a connection, as a lane.</summary>
/// <remarks>
/// <para>Owner: whoever makes the lane closes the stream, after both directions are completed.</para>
/// <para>Shape: a lane that is idle waits for its stream without a buffer.</para>
/// </remarks>
public sealed class StreamLane : IDuplexPipe
{
    /// <summary>Some hundred small frames; a larger flush takes several.</summary>
    private const int BufferBytes = 4_096;

    private readonly Action? _completed;
    private int _open = 2; // directions

    /// <summary>A lane over <paramref name="stream"/>; <paramref name="completed"/> is called once both directions are.</summary>
    public StreamLane(Stream stream, Action? completed = null)
    {
        _completed = completed;
        Input = new Reader(
            PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true, useZeroByteReads: true)),
            this
        );
        Output = new Writer(
            PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BufferBytes, leaveOpen: true)),
            this
        );
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    private void CompleteDirection()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _completed?.Invoke();
        }
    }

    private sealed class Reader(PipeReader inner, StreamLane lane) : PipeReader
    {
        private bool _isCompleted;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            if (!_isCompleted)
            {
                _isCompleted = true;
                inner.Complete(exception);
                lane.CompleteDirection();
            }
        }
    }

    private sealed class Writer(PipeWriter inner, StreamLane lane) : PipeWriter
    {
        // Given a reason, a stream's writer ends without writing the rest of what it has: that would wait, holding a thread, for a
        // peer that may not read.
        private static readonly Exception s_withoutTheRest = new OperationCanceledException("The lane is closed.");

        private bool _isCompleted;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
            if (!_isCompleted)
            {
                _isCompleted = true;
                inner.Complete(exception ?? s_withoutTheRest);
                lane.CompleteDirection();
            }
        }
    }
}
