using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>One link as it is.</summary>
/// <param name="Link">Its number.</param>
/// <param name="Path">Where it leads; null if nobody said.</param>
/// <param name="Dialled">True if this node dialled.</param>
/// <param name="Node">The peer's id; null until it said it.</param>
/// <param name="Established">True if it is in use.</param>
/// <param name="Closing">Why it is to be closed; null: it is not.</param>
/// <param name="Since">When it came up.</param>
/// <param name="HeardAt">When something came last.</param>
/// <param name="Lag">Versions of this node that the peer has not acknowledged.</param>
/// <param name="Behind">How long ago the oldest of them came to be.</param>
/// <param name="BatchesSent">Batches of changes sent.</param>
/// <param name="BatchesUnderWay">Batches not acknowledged.</param>
/// <param name="Waiting">Messages waiting for the link to take them.</param>
/// <param name="EqualAt">When the two were compared last and found, or made, equal.</param>
/// <param name="Repairing">True while this side leads a repair.</param>
public sealed record PeerView(
    ushort Link,
    PeerPath? Path,
    bool Dialled,
    uint? Node,
    bool Established,
    string? Closing,
    MonotonicTime Since,
    MonotonicTime HeardAt,
    ulong Lag,
    TimeSpan Behind,
    long BatchesSent,
    int BatchesUnderWay,
    int Waiting,
    MonotonicTime? EqualAt,
    bool Repairing
)
{
    /// <summary>How far the peer has been told.</summary>
    public PeerProgress Progress => new(Lag, Behind, BatchesSent, BatchesUnderWay, Path?.BytesSent ?? 0, Path?.BytesReceived ?? 0);
}

/// <summary>How a link ended.</summary>
/// <param name="Node">The peer's id; null if it never said it.</param>
/// <param name="IsSelf">True if the other end was this node.</param>
/// <param name="IsWelcome">True if it may be linked with: if it was not, that is because it is linked already.</param>
/// <param name="Reason">Why one of the two closed it; null: it broke off.</param>
public sealed record LinkEnd(uint? Node, bool IsSelf, bool IsWelcome, string? Reason);
