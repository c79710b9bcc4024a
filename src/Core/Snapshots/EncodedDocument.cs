namespace Rollcall.Core.Snapshots;

/// <summary>How the bytes of a document are coded.</summary>
public enum DocumentCoding : byte
{
    /// <summary>As the encoder wrote them.</summary>
    Plain,

    /// <summary>One gzip member.</summary>
    Gzip,
}

/// <summary>The bytes of one document: a sequence of cached segments, never copied together.</summary>
public sealed class EncodedDocument
{
    /// <summary>Version of the registry it is a view of.</summary>
    public ulong Version => throw new NotImplementedException();

    /// <summary>Bytes in all segments.</summary>
    public long Length => throw new NotImplementedException();

    /// <summary>The segments in order. They stay valid as long as anyone holds them.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Segments() => throw new NotImplementedException();
}
