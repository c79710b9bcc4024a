using System.IO.Pipelines;
using System.Net.Quic;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Quic;

/// <summary>A connection that was accepted, and its streams, each a lane.</summary>
/// <remarks>
/// It ends with its last lane, or if none was opened in time: there is nothing else to keep it for. A stream shows itself with its first
/// bytes, so a lane begins with its hello.
/// </remarks>
internal sealed class QuicLanes(QuicConnection connection, TimeSpan firstLaneTimeout) : IOpenConnection
{
    /// <summary>Error code of an end that is no error; the wire says in frames what there is to say.</summary>
    public const long Closed = 0;

    /// <summary>How long a client has to take the last words.</summary>
    private static readonly TimeSpan s_lingerTime = TimeSpan.FromSeconds(1);

    private int _open; // lanes

    /// <inheritdoc/>
    public void Abort() => _ = connection.DisposeAsync().AsTask();

    /// <summary>Serves each lane until all have ended; then the connection is closed.</summary>
    public async Task ServeAsync(Func<IDuplexPipe, Task> serve, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var serving = new List<Task>();
        try
        {
            ending.CancelAfter(firstLaneTimeout);
            while (true)
            {
                QuicStream stream = await connection.AcceptInboundStreamAsync(ending.Token);
                ending.CancelAfter(Timeout.InfiniteTimeSpan);
                Interlocked.Increment(ref _open);
                serving.RemoveAll(task => task.IsCompleted);
                serving.Add(ServeLaneAsync(stream, serve, ending));
            }
        }
        catch (Exception e) when (e is QuicException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone, no lane is left, or the server stops.
        }

        await Task.WhenAll(serving);
        await CloseAsync(connection);
    }

    /// <summary>Closes a connection, without waiting for a peer that does not answer.</summary>
    public static async ValueTask CloseAsync(QuicConnection connection)
    {
        try
        {
            using var limit = new CancellationTokenSource(s_lingerTime);
            await connection.CloseAsync(Closed, limit.Token);
        }
        catch (Exception e) when (e is QuicException or OperationCanceledException or ObjectDisposedException)
        {
            // It is closed already.
        }

        await connection.DisposeAsync();
    }

    /// <summary>Ends a stream so that what was written last arrives, if the peer takes it in time.</summary>
    public static async ValueTask CloseAsync(QuicStream stream)
    {
        try
        {
            stream.CompleteWrites();
            await stream.WritesClosed.WaitAsync(s_lingerTime);
        }
        catch (Exception e) when (e is QuicException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer has gone.
        }
        catch (TimeoutException)
        {
            stream.Abort(QuicAbortDirection.Both, Closed);
        }

        await stream.DisposeAsync();
    }

    private async Task ServeLaneAsync(QuicStream stream, Func<IDuplexPipe, Task> serve, CancellationTokenSource ending)
    {
        await serve(new StreamLane(stream));
        await CloseAsync(stream);
        if (Interlocked.Decrement(ref _open) == 0)
        {
            await ending.CancelAsync();
        }
    }
}
