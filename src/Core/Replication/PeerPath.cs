namespace Rollcall.Core.Replication;

/// <summary>Which way a link goes, and what has gone over it.</summary>
/// <param name="address">For people: where this node dialled, or where the peer comes from. Without credentials.</param>
/// <remarks>Threads: each count has one writer, any readers.</remarks>
public sealed class PeerPath(string address)
{
    private long _bytesSent;
    private long _bytesReceived;
    private long _leftOut;
    private string? _whyLeftOut;

    /// <summary>For people.</summary>
    public string Address { get; } = address;

    /// <summary>Bytes as sent, packed and framed; without what lies below: TLS, TCP.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>The same, received.</summary>
    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>States that came and were not taken in, because no registry could have.</summary>
    public long LeftOut => Volatile.Read(ref _leftOut);

    /// <summary>Why the first of them was not; null: all were.</summary>
    public string? WhyLeftOut => Volatile.Read(ref _whyLeftOut);

    /// <summary>Bytes went out.</summary>
    public void Sent(long bytes) => Volatile.Write(ref _bytesSent, _bytesSent + bytes);

    /// <summary>Bytes came in.</summary>
    public void Received(long bytes) => Volatile.Write(ref _bytesReceived, _bytesReceived + bytes);

    /// <summary>A state that came is not taken in.</summary>
    public void Leave(RegistryError why)
    {
        Volatile.Write(ref _whyLeftOut, _whyLeftOut ?? why.Message);
        Volatile.Write(ref _leftOut, _leftOut + 1);
    }
}
