using System.IO.Pipelines;

namespace Rollcall.Testing.Support;

/// <summary>A connection in memory: what one end writes the other reads, in both directions.</summary>
/// <remarks>
/// Either end is a lane as an adapter would hand out. Where continuations run is the caller's choice: in the thread pool as over a
/// socket, or, to measure what one side does, on the thread of the other.
/// </remarks>
public sealed class MemoryLane
{
    /// <summary>What a lane holds before its writer has to wait, in bytes.</summary>
    public const int BufferBytes = 64 * 1024;

    /// <summary>A connection.</summary>
    /// <param name="scheduler">Where a reader and a writer that waited go on; the thread pool by default.</param>
    /// <param name="bufferBytes">What each direction holds before its writer has to wait.</param>
    public MemoryLane(PipeScheduler? scheduler = null, int bufferBytes = BufferBytes)
    {
        PipeScheduler where = scheduler ?? PipeScheduler.ThreadPool;
        var options = new PipeOptions(null, where, where, bufferBytes, bufferBytes / 2, useSynchronizationContext: false);
        var toServer = new Pipe(options);
        var toClient = new Pipe(options);
        Client = new End(toClient.Reader, toServer.Writer);
        Server = new End(toServer.Reader, toClient.Writer);
    }

    /// <summary>The end that dials.</summary>
    public IDuplexPipe Client { get; }

    /// <summary>The end that serves.</summary>
    public IDuplexPipe Server { get; }

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
