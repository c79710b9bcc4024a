using Microsoft.Extensions.Logging;
using Rollcall.Hosting;
using Rollcall.Hosting.Clustering;

namespace Rollcall.Transports.Tests.Hosting;

/// <summary>Keeps what is logged, and tells who waits for an event.</summary>
internal sealed class LogRecorder : ILogger<RegistryRunner>, ILogger<ClusterHost>
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<(int Event, string Message)> _lines = []; // guarded by _gate
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously); // guarded by _gate

    /// <summary>How often an event was logged so far.</summary>
    public int CountOf(int eventId)
    {
        lock (_gate)
        {
            return _lines.Count(line => line.Event == eventId);
        }
    }

    /// <summary>All lines of an event so far.</summary>
    public IReadOnlyList<string> LinesOf(int eventId)
    {
        lock (_gate)
        {
            return [.. _lines.Where(line => line.Event == eventId).Select(line => line.Message)];
        }
    }

    /// <summary>The first message of an event, as soon as it is logged.</summary>
    public async Task<string> WaitForAsync(int eventId)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_lines.Exists(line => line.Event == eventId))
                {
                    return _lines.First(line => line.Event == eventId).Message;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(s_deadline);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        lock (_gate)
        {
            _lines.Add((eventId.Id, formatter(state, exception)));
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
