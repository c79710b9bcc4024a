using Rollcall.Core.Replication;

namespace Rollcall.Core.Seams;

/// <summary>A connection to another node of the cluster: messages in order, both ways.</summary>
/// <remarks>
/// <para>
/// The caller guarantees: one <see cref="SendAsync"/> or <see cref="FlushAsync"/> and one <see cref="ReceiveAsync"/> at a time;
/// <see cref="Break"/> from any thread; disposes of it once, when none is under way.
/// </para>
/// <para>
/// The implementer: a send ends when the message is on its way or fits a buffer of a few tens of kilobytes, so that whoever sends
/// feels a peer that is slow; notices a peer that is gone without a word, and keeps the connection alive if there is nothing to say.
/// Whatever ends the connection is a <see cref="LinkException"/> with one readable line.
/// </para>
/// <para>Memory: a message belongs to its receiver; what is sent is not written again.</para>
/// </remarks>
public interface IPeerLane : IAsyncDisposable
{
    /// <summary>Where it leads, and what went over it.</summary>
    PeerPath Path { get; }

    /// <summary>Sends a message, at the latest with the next flush.</summary>
    ValueTask SendAsync(PeerMessage message);

    /// <summary>Sends what was kept back.</summary>
    ValueTask FlushAsync();

    /// <summary>The next message; null if the other end closed the connection.</summary>
    ValueTask<PeerMessage?> ReceiveAsync();

    /// <summary>Ends the calls under way, and all later ones.</summary>
    void Break();
}

/// <summary>Opens connections to one peer.</summary>
public interface IPeerDialer
{
    /// <summary>Where to, for people: <c>tcp://127.0.0.1:8762</c>. Without credentials.</summary>
    string Address { get; }

    /// <summary>Opens a connection, each time a new one.</summary>
    /// <exception cref="LinkException">The peer cannot be reached, does not let this node in, or does not speak as agreed.</exception>
    ValueTask<IPeerLane> DialAsync(CancellationToken cancellation);
}

/// <summary>Takes a connection that a peer opened; ends when it is over, without an exception. Whoever calls disposes of the lane.</summary>
public delegate Task PeerAcceptor(IPeerLane lane, CancellationToken stopping);

/// <summary>Somebody came as a peer and was not let in; returns at once.</summary>
/// <param name="address">Where it comes from.</param>
/// <param name="why">For people; holds no secret.</param>
public delegate void PeerTurnedAway(string address, string why);
