namespace Rollcall.Core.Replication;

/// <summary>Which way a link goes, and what has gone over it.</summary>
/// <param name="address">For people: where this node dialled, or where the peer comes from. Without credentials.</param>
/// <remarks>Threads: each count has one writer, any readers.</remarks>
public sealed class PeerPath(string address)
{
    private long _bytesSent;
    private long _bytesReceived;

    /// <summary>For people.</summary>
    public string Address { get; } = address;

    /// <summary>Bytes as sent, packed and framed; without what lies below: TLS, TCP.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>The same, received.</summary>
    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>Bytes went out.</summary>
    public void Sent(long bytes) => Volatile.Write(ref _bytesSent, _bytesSent + bytes);

    /// <summary>Bytes came in.</summary>
    public void Received(long bytes) => Volatile.Write(ref _bytesReceived, _bytesReceived + bytes);
}
