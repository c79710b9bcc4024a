using System.IO.Pipelines;

namespace Rollcall.Transports.Wire;

/// <summary>Opens the lanes of one connection to a node.</summary>
/// <remarks>
/// <para>
/// The caller guarantees: opens each lane at most once, lane 0 first; completes both ends of every lane before it disposes of the
/// dialer; disposes of it once.
/// </para>
/// <para>
/// The implementer: a lane is an ordered stream of bytes in both directions. <see cref="PipeWriter.FlushAsync"/> ends when the bytes
/// are on their way or fit a buffer of a few tens of kilobytes, so that whoever writes feels a reader that is slow;
/// <see cref="PipeReader.CancelPendingRead"/> and <see cref="PipeWriter.CancelPendingFlush"/> end a call under way. A lane that
/// cannot be opened is a <see cref="Rollcall.Core.Seams.LinkException"/> with one readable line. When both ends of a lane are
/// completed, what it stands on is closed within a bounded time, also if the other end does not read.
/// </para>
/// </remarks>
public interface IWireDialer : IAsyncDisposable
{
    /// <summary>Where to, for people: <c>tcp://127.0.0.1:8762</c>. Without credentials.</summary>
    string Address { get; }

    /// <summary>How many lanes it opens: 1, or 3 (renewals and writes; reads; watches).</summary>
    int Lanes { get; }

    /// <summary>Opens a lane.</summary>
    ValueTask<IDuplexPipe> OpenLaneAsync(int lane, CancellationToken cancellation);
}
