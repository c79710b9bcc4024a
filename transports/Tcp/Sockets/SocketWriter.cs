using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Rollcall.Transports.Tcp.Sockets;

/// <summary>What leaves on a socket, as a <see cref="PipeWriter"/> without a pipe: a flush is a send.</summary>
/// <remarks>
/// <para>
/// Shape: what is written gathers in one rented array, which a flush hands to the socket and which goes back to its pool when the kernel
/// has it all. Between flushes a lane holds nothing. Writing goes on during a flush, into another array; a second flush waits its turn
/// with the caller.
/// </para>
/// <para>Cost: 0 bytes in steady state.</para>
/// <para>
/// Errors: a peer that is gone completes the flush (<see cref="FlushResult.IsCompleted"/>). After a flush that was cancelled the lane can
/// only be closed: how much of it went out is not known.
/// </para>
/// </remarks>
internal sealed class SocketWriter(Socket socket, Action completed) : PipeWriter, IDisposable
{
    /// <summary>Some hundred answers; a larger burst doubles it.</summary>
    private const int BufferBytes = 4_096;

    private readonly Sending _sending = new(socket);
    private readonly Action _completed = completed;
    private byte[] _buffer = [];
    private int _written;
    private bool _isCompleted;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _written;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_written);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_written);
    }

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_buffer.Length - _written));
        _written += bytes;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellation);
        }

        if (_written == 0)
        {
            return new ValueTask<FlushResult>(_sending.Nothing());
        }

        byte[] full = _buffer;
        int count = _written;
        _buffer = [];
        _written = 0;
        return _sending.SendAsync(full, count, cancellation);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => _sending.Cancel();

    /// <summary>Ends the lane's sending. What was not flushed is sent as far as that needs no waiting.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (!_isCompleted)
        {
            _isCompleted = true;
            _sending.SendNow(_buffer.AsSpan(0, _written));
            GiveBack(_buffer);
            _buffer = [];
            _written = 0;
            _completed();
        }
    }

    /// <summary>After it is completed and the socket is closed.</summary>
    public void Dispose() => _sending.Dispose();

    private static void GiveBack(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void MakeRoom(int sizeHint)
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        int free = _buffer.Length - _written;
        if (free > 0 && free >= sizeHint)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_written + Math.Max(sizeHint, 1), Math.Max(BufferBytes, 2 * _buffer.Length)));
        _buffer.AsSpan(0, _written).CopyTo(larger);
        GiveBack(_buffer);
        _buffer = larger;
    }

    /// <summary>The send, and what it sends.</summary>
    private sealed class Sending(Socket socket) : SocketWait<FlushResult>
    {
        private byte[] _full = [];
        private int _count;
        private bool _hasFailed; // the peer is gone

        public FlushResult Nothing() => new(isCanceled: TakeCancel(), isCompleted: _hasFailed);

        public ValueTask<FlushResult> SendAsync(byte[] full, int count, CancellationToken cancellation)
        {
            // Not idle: an earlier flush was cancelled, and nothing may follow what the socket still has of it.
            if (_hasFailed || !IsIdle || TakeCancel())
            {
                GiveBack(full);
                return new ValueTask<FlushResult>(new FlushResult(isCanceled: !_hasFailed, isCompleted: _hasFailed));
            }

            _full = full;
            _count = count;
            return WaitAsync(cancellation);
        }

        /// <summary>Sends what the kernel takes at once; nothing, if anything stands before it.</summary>
        public void SendNow(ReadOnlySpan<byte> bytes)
        {
            if (!bytes.IsEmpty && IsIdle && !_hasFailed)
            {
                try
                {
                    socket.Send(bytes, SocketFlags.None, out _);
                }
                catch (ObjectDisposedException)
                {
                    // The lane was aborted.
                }
            }
        }

        protected override void Prepare() { }

        protected override bool Begin()
        {
            try
            {
                SetBuffer(_full, 0, _count);
                return socket.SendAsync(this);
            }
            catch (ObjectDisposedException)
            {
                SocketError = SocketError.OperationAborted;
                return false;
            }
        }

        protected override FlushResult End()
        {
            _hasFailed = SocketError != SocketError.Success;
            SetBuffer(default); // or a quiet lane would keep a pool's array alive
            GiveBack(_full);
            _full = [];
            return Nothing();
        }

        protected override FlushResult Cancelled() => new(isCanceled: true, isCompleted: false);
    }
}
