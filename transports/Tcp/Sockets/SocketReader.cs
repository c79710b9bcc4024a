using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Rollcall.Transports.Tcp.Sockets;

/// <summary>What arrives on a socket, as a <see cref="PipeReader"/> without a pipe: a read is a receive.</summary>
/// <remarks>
/// <para>
/// Shape: what is unread always stands in one array, so a parser never meets a seam. While the lane is quiet the socket waits with an
/// array of <see cref="QuietBytes"/> that belongs to the lane; only what does not fit there rents a larger one, which goes back when all of
/// it is consumed. So an idle lane costs <see cref="QuietBytes"/>, and one frame per wake-up costs one receive.
/// </para>
/// <para>Cost: 0 bytes in steady state.</para>
/// <para>
/// Fairness: a peer that always has something to read would keep its thread for ever, because its receives never have to wait. After
/// <see cref="TurnsMax"/> of them in a row the reader goes to the end of the thread pool's queue.
/// </para>
/// <para>
/// Errors: the peer's end, and the lane's own, complete the reader. A broken connection is an <see cref="IOException"/>.
/// </para>
/// </remarks>
internal sealed class SocketReader(Socket socket, Action completed) : PipeReader, IDisposable
{
    /// <summary>A dozen renewals, or any of the small requests.</summary>
    private const int QuietBytes = 512;

    /// <summary>Some 1,000 renewals: copying that many out of the kernel takes several times as long as the system call for it.</summary>
    private const int BusyBytes = 32_768;

    /// <summary>Times <see cref="BusyBytes"/>: at most a megabyte, or a few milliseconds, before others have their turn.</summary>
    private const int TurnsMax = 32;

    private readonly Receiving _receiving = new(socket);
    private readonly Action _completed = completed;
    private bool _isCompleted;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellation = default) => _receiving.ReadAsync(cancellation);

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => _receiving.TryRead(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => _receiving.Advance(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _receiving.Advance(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => _receiving.Cancel();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (!_isCompleted)
        {
            _isCompleted = true;
            _receiving.Drop();
            _completed();
        }
    }

    /// <summary>After it is completed and the socket is closed.</summary>
    public void Dispose() => _receiving.Dispose();

    /// <summary>The receive, and what it has brought.</summary>
    private sealed class Receiving(Socket socket) : SocketWait<ReadResult>, IThreadPoolWorkItem
    {
        private readonly byte[] _quiet = new byte[QuietBytes];
        private byte[] _buffer = []; // _quiet, or a rented one
        private int _start; // _buffer[_start.._end] is not consumed
        private int _end;
        private bool _hasNews; // some of it is not examined
        private bool _hasEnded; // no more will come
        private int _turns;
        private ReadOnlySequence<byte> _shown;

        public ValueTask<ReadResult> ReadAsync(CancellationToken cancellation)
        {
            if (cancellation.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<ReadResult>(cancellation);
            }

            return TryRead(out ReadResult result) ? new ValueTask<ReadResult>(result) : WaitAsync(cancellation);
        }

        public bool TryRead(out ReadResult result)
        {
            if (TakeCancel())
            {
                result = Cancelled();
                return true;
            }

            if (_hasNews || _hasEnded)
            {
                result = Show(isCancelled: false);
                return true;
            }

            result = default;
            return false;
        }

        public void Advance(SequencePosition consumed, SequencePosition examined)
        {
            int unread = (int)_shown.Slice(consumed).Length;
            _start = _end - unread;
            _hasNews = !_shown.Slice(examined).IsEmpty;
        }

        /// <summary>Gives the buffer back, unless the socket still holds it: then it is left to the garbage collector.</summary>
        public void Drop()
        {
            if (IsIdle)
            {
                Swap([]);
            }
        }

        protected override void Prepare() => MakeRoom();

        protected override bool Begin()
        {
            try
            {
                SetBuffer(_buffer, _end, _buffer.Length - _end);
                if (socket.ReceiveAsync(this))
                {
                    _turns = 0;
                    return true;
                }
            }
            catch (ObjectDisposedException)
            {
                SocketError = SocketError.OperationAborted;
                return false;
            }

            if (++_turns < TurnsMax)
            {
                return false;
            }

            _turns = 0;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return true;
        }

        void IThreadPoolWorkItem.Execute() => OnCompleted(this);

        protected override ReadResult End()
        {
            switch (SocketError)
            {
                case SocketError.Success when BytesTransferred > 0:
                    _end += BytesTransferred;
                    _hasNews = true;
                    TakeTheRest();
                    break;
                case SocketError.Success or SocketError.OperationAborted:
                    _hasEnded = true;
                    break;
                default:
                    _hasEnded = true;
                    throw SocketFailure.Of(SocketError);
            }

            return Show(isCancelled: false);
        }

        protected override ReadResult Cancelled() => Show(isCancelled: true);

        private ReadResult Show(bool isCancelled)
        {
            _shown = new ReadOnlySequence<byte>(_buffer, _start, _end - _start);
            return new ReadResult(_shown, isCancelled, _hasEnded);
        }

        /// <summary>
        /// What filled the small buffer is the beginning of a burst: the rest of it comes along, so that one read shows it and one flush
        /// answers it.
        /// </summary>
        private void TakeTheRest()
        {
            if (_buffer != _quiet || _end < _quiet.Length)
            {
                return;
            }

            MakeRoom();
            int more = socket.Receive(_buffer.AsSpan(_end), SocketFlags.None, out SocketError error);
            _end += error == SocketError.Success ? more : 0; // An end or an error shows again at the next receive.
        }

        private void MakeRoom()
        {
            int unread = _end - _start;
            if (unread == 0)
            {
                Swap(_quiet);
            }
            else if (_end == _buffer.Length && _start >= _buffer.Length / 2)
            {
                _buffer.AsSpan(_start, unread).CopyTo(_buffer);
            }
            else if (_end == _buffer.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(BusyBytes, 2 * unread));
                _buffer.AsSpan(_start, unread).CopyTo(larger);
                Swap(larger);
            }
            else
            {
                return;
            }

            _start = 0;
            _end = unread;
        }

        private void Swap(byte[] buffer)
        {
            byte[] old = _buffer;
            _buffer = buffer;
            if (old.Length > _quiet.Length)
            {
                Debug.Assert(old != buffer);
                ArrayPool<byte>.Shared.Return(old);
            }
        }
    }
}
