using Rollcall.Core;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Tests.Hosting;

/// <summary>A transport that only remembers what was asked of it.</summary>
internal sealed class FakeTransport(string name = "fake") : IServerTransport
{
    private readonly List<string> _calls = [];

    /// <summary>What was called, in order.</summary>
    public IReadOnlyList<string> Calls => _calls;

    /// <summary>The registry that start was given.</summary>
    public RegistryService? Registry { get; private set; }

    /// <summary>Thrown by start, if set.</summary>
    public Exception? StartProblem { get; init; }

    /// <summary>What stop does; nothing by default.</summary>
    public Func<CancellationToken, Task> OnStop { get; init; } = _ => Task.CompletedTask;

    public string Name => name;

    public IReadOnlyList<string> Addresses => Registry is null ? [] : [$"{name}://here"];

    public Task StartAsync(RegistryService registry, CancellationToken cancellation)
    {
        _calls.Add("start");
        Registry = registry;
        return StartProblem is null ? Task.CompletedTask : Task.FromException(StartProblem);
    }

    public Task StopAsync(CancellationToken cancellation)
    {
        _calls.Add("stop");
        return OnStop(cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _calls.Add("dispose");
        return ValueTask.CompletedTask;
    }
}
