using Microsoft.Extensions.ObjectPool;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>A message that is sent frame by frame, with other answers in between: a snapshot, a delta, an update of a watch.</summary>
/// <remarks>
/// <para>Owner: the loop of one session; filled, sent, and cleared.</para>
/// <para>Its bytes are those of the caches: nothing is copied but from there to the client's pipe.</para>
/// </remarks>
internal sealed class Message : IResettable
{
    /// <summary>Most payload of one frame: what a heartbeat's answer may have to wait for.</summary>
    private const int FrameBytes = 64 * 1024;

    private readonly byte[] _head = new byte[UpdateHead.SizeMax];
    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private readonly List<EncodedDocument> _documents = [];
    private EncodedDocument.SegmentEnumerator _walk;
    private Opcode _opcode;
    private FrameFlags _flags;
    private uint _correlation;
    private ReadOnlyMemory<byte> _rest; // of the segment under way
    private int _nextSegment;
    private int _nextDocument;
    private bool _walking;

    /// <summary>Bytes not yet sent.</summary>
    public long Left { get; private set; }

    /// <summary>Begins a message; its parts are added, then it is sent.</summary>
    public void Begin(Opcode opcode, FrameFlags flags, uint correlation)
    {
        _opcode = opcode;
        _flags = flags | FrameFlags.Answer;
        _correlation = correlation;
    }

    /// <summary>What an update begins with; before all else, and not packed.</summary>
    public void Add(UpdateKind kind, ulong version) => Add(_head.AsMemory(0, UpdateHead.Put(_head, kind, version)));

    /// <summary>Bytes that are not written again; before all documents.</summary>
    public void Add(ReadOnlyMemory<byte> segment)
    {
        _segments.Add(segment);
        Left += segment.Length;
    }

    /// <summary>A document.</summary>
    public void Add(EncodedDocument document)
    {
        _documents.Add(document);
        Left += document.Length;
    }

    /// <summary>Writes the next frame; false if it was the last.</summary>
    public bool WriteFrame(FrameOutput output)
    {
        int length = (int)Math.Min(Left, FrameBytes);
        Left -= length;
        output.Header(length, _opcode, Left > 0 ? _flags | FrameFlags.More : _flags, _correlation);
        while (length > 0)
        {
            if (_rest.IsEmpty)
            {
                _rest = NextSegment();
            }

            ReadOnlyMemory<byte> part = _rest[..Math.Min(_rest.Length, length)];
            output.Payload(part.Span);
            _rest = _rest[part.Length..];
            length -= part.Length;
        }

        return Left > 0;
    }

    /// <summary>Lets go of all bytes.</summary>
    public bool TryReset()
    {
        _segments.Clear();
        _documents.Clear();
        _walk = default;
        _rest = default;
        _nextSegment = 0;
        _nextDocument = 0;
        _walking = false;
        Left = 0;
        return true;
    }

    private ReadOnlyMemory<byte> NextSegment()
    {
        if (_nextSegment < _segments.Count)
        {
            return _segments[_nextSegment++];
        }

        while (!_walking || !_walk.MoveNext())
        {
            _walk = _documents[_nextDocument++].GetEnumerator();
            _walking = true;
        }

        return _walk.Current;
    }
}
