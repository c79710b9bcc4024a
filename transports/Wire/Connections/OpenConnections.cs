using Microsoft.Extensions.Logging;

namespace Rollcall.Transports.Wire.Connections;

/// <summary>A connection that an adapter accepted.</summary>
public interface IOpenConnection
{
    /// <summary>Closes it at once, from any thread; what is under way ends.</summary>
    void Abort();
}

/// <summary>The connections of one adapter: how many there may be, said in the log where there are so many, and their end when the adapter stops.</summary>
/// <remarks>Shape: a set under a lock that nobody holds for longer than it takes to add one. 32 bytes a connection.</remarks>
/// <param name="max">As many there may be.</param>
/// <param name="option">Where that is set, for the log: record and property.</param>
/// <param name="transport">Name of the adapter, for the log.</param>
/// <param name="logger">Told when a connection is refused, and when the next one is taken.</param>
public sealed class OpenConnections(int max, string option, string transport, ILogger logger)
{
    /// <summary>A connection that was aborted ends at once; no fault of one may keep the process from ending.</summary>
    private static readonly TimeSpan s_abortTime = TimeSpan.FromSeconds(5);

    private readonly HashSet<IOpenConnection> _open = []; // guarded by itself
    private TaskCompletionSource? _drained; // guarded by _open; there once no more are taken
    private bool _isFull; // guarded by _open; what the log says

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_open)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Takes a connection in; false if there are as many as may be, or the adapter stops.</summary>
    public bool TryAdd(IOpenConnection connection)
    {
        bool hasRoom;
        bool isNews;
        lock (_open)
        {
            if (_drained is not null)
            {
                return false;
            }

            hasRoom = _open.Count < max;
            isNews = _isFull == hasRoom;
            _isFull = !hasRoom;
            if (hasRoom)
            {
                _open.Add(connection);
            }
        }

        if (isNews && hasRoom)
        {
            logger.ConnectionsTaken(transport);
        }
        else if (isNews)
        {
            logger.ConnectionsFull(transport, max, option);
        }

        return hasRoom;
    }

    /// <summary>A connection has ended.</summary>
    public void Remove(IOpenConnection connection)
    {
        lock (_open)
        {
            if (_open.Remove(connection) && _open.Count == 0)
            {
                _drained?.TrySetResult();
            }
        }
    }

    /// <summary>Takes no more, waits until those there have ended, and aborts what is left when <paramref name="patience"/> ends.</summary>
    public async Task DrainAsync(CancellationToken patience)
    {
        Task drained;
        lock (_open)
        {
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_open.Count == 0)
            {
                _drained.TrySetResult();
            }

            drained = _drained.Task;
        }

        try
        {
            await drained.WaitAsync(patience);
        }
        catch (OperationCanceledException)
        {
            AbortAll();
            await drained.WaitAsync(s_abortTime, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void AbortAll()
    {
        IOpenConnection[] left;
        lock (_open)
        {
            left = [.. _open];
        }

        foreach (IOpenConnection connection in left)
        {
            connection.Abort();
        }
    }
}
