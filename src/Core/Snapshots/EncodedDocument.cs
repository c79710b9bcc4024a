using System.Runtime.CompilerServices;
using Rollcall.Core.Seams;

namespace Rollcall.Core.Snapshots;

/// <summary>How the bytes of a document are coded.</summary>
public enum DocumentCoding : byte
{
    /// <summary>As the encoder wrote them.</summary>
    Plain,

    /// <summary>One gzip member.</summary>
    Gzip,

    /// <summary>Each piece packed by the <see cref="IPiecePacker"/> of the cache, one behind the other.</summary>
    Packed,
}

/// <summary>The bytes of one document: a sequence of cached segments, never copied together.</summary>
/// <remarks>Immutable; valid as long as anyone holds it. <c>foreach (ReadOnlyMemory&lt;byte&gt; segment in document)</c> allocates nothing.</remarks>
public sealed class EncodedDocument
{
    private readonly byte[] _head;
    private readonly EncodedPiece _body;
    private readonly byte[] _tail;
    private readonly bool _inflate;

    internal EncodedDocument(ulong version, byte[] head, EncodedPiece body, byte[] tail, bool inflate)
    {
        Version = version;
        _head = head;
        _body = body;
        _tail = tail;
        _inflate = inflate;
        Length = head.Length + (inflate ? body.PlainLength : body.Length) + tail.Length;
    }

    /// <summary>
    /// Version of the registry at which its content changed last: of a full document or a delta the snapshot's, of a service or a
    /// virtual address the one of its own last change seen.
    /// </summary>
    public ulong Version { get; }

    /// <summary>Bytes in all segments.</summary>
    public long Length { get; }

    /// <summary>For <c>foreach</c>: the segments in order.</summary>
    public SegmentEnumerator GetEnumerator() => new(_head, _body, _tail, _inflate);

    /// <summary>Walks the segments of a document.</summary>
    public struct SegmentEnumerator
    {
        private readonly byte[] _head;
        private readonly byte[] _tail;
        private readonly bool _inflate;
        private Frames _frames;
        private int _depth; // -1: before the head; -2: behind the tail

        internal SegmentEnumerator(byte[] head, EncodedPiece body, byte[] tail, bool inflate)
        {
            _head = head;
            _tail = tail;
            _inflate = inflate;
            _depth = -1;
            _frames[0].Piece = body;
        }

        /// <summary>The segment; empty ones do not occur.</summary>
        public ReadOnlyMemory<byte> Current { readonly get; private set; }

        /// <summary>Goes to the next segment.</summary>
        public bool MoveNext()
        {
            if (_depth == -2)
            {
                return false;
            }

            if (_depth == -1)
            {
                _depth = 1;
                Current = _head;
                if (_head.Length > 0)
                {
                    return true;
                }
            }

            while (_depth > 0)
            {
                ref Frame frame = ref _frames[_depth - 1];
                EncodedPiece piece = frame.Piece;
                if (piece.Bytes is { } bytes)
                {
                    _depth--;
                    Current = _inflate ? GzipMember.Inflate(bytes, (int)piece.PlainLength) : bytes;
                    if (Current.Length > 0)
                    {
                        return true;
                    }
                }
                else if (frame.Next == piece.Parts.Length)
                {
                    _depth--;
                }
                else
                {
                    _frames[_depth].Piece = piece.Parts[frame.Next++];
                    _frames[_depth].Next = 0;
                    _depth++;
                }
            }

            _depth = -2;
            Current = _tail;
            return _tail.Length > 0;
        }

        private struct Frame
        {
            public EncodedPiece Piece;
            public int Next;
        }

        // Depth: 16 levels of at least two children each; 64 million records need 7 of 32.
        [InlineArray(16)]
        private struct Frames
        {
            private Frame _first;
        }
    }
}
