using Rollcall.Core;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

/// <summary>A registry with a clock moved by hand, served by a transport, and the links opened to it in one test.</summary>
public sealed class Venue : IAsyncDisposable
{
    /// <summary>How long anything may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Func<IServerTransport, string?, CancellationToken, ValueTask<IRegistryLink>> _dial;
    private readonly List<IRegistryLink> _links = [];
    private readonly CancellationTokenSource _deadline;

    internal Venue(
        SteppedRegistry under,
        IServerTransport server,
        Func<IServerTransport, string?, CancellationToken, ValueTask<IRegistryLink>> dial,
        CancellationTokenSource deadline
    )
    {
        Under = under;
        Server = server;
        _dial = dial;
        _deadline = deadline;
    }

    /// <summary>The registry and its clock.</summary>
    public SteppedRegistry Under { get; }

    /// <summary>The registry.</summary>
    public RegistryService Registry => Under.Registry;

    /// <summary>The transport, started.</summary>
    public IServerTransport Server { get; }

    /// <summary>When it is reached, the test has waited too long.</summary>
    public CancellationToken Deadline => _deadline.Token;

    /// <summary>Stops the server.</summary>
    public Task StopAsync() => InTime(Server.StopAsync(CancellationToken.None), "the server to stop");

    /// <summary>Opens one more link; closed at the end.</summary>
    public async Task<IRegistryLink> DialAsync(string? token = null)
    {
        IRegistryLink link = await _dial(Server, token, Deadline);
        _links.Add(link);
        return link;
    }

    /// <inheritdoc cref="Soon{T}(Task{T}, Func{string})"/>
    public Task<T> Soon<T>(Task<T> task, string expected) => Soon(task, () => expected);

    /// <summary>Waits, and says what was waited for if it does not come.</summary>
    public async Task<T> Soon<T>(Task<T> task, Func<string> expected)
    {
        try
        {
            return await task.WaitAsync(Deadline);
        }
        catch (OperationCanceledException) when (Deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited in vain: {expected()}. The registry is at version {Under.Version}.");
        }
    }

    /// <summary>Waits until a condition holds that no signal announces.</summary>
    public async Task Until(Func<bool> holds, Func<string> expectedAndSeen)
    {
        while (!holds())
        {
            if (Deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited in vain: {expectedAndSeen()}");
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IRegistryLink link in _links)
        {
            await InTime(link.DisposeAsync().AsTask(), "a link to close");
        }

        await StopAsync();
        await InTime(Server.DisposeAsync().AsTask(), "the transport to be disposed of");
        _deadline.Dispose();
    }

    // Counted anew: what a test has used up of its deadline is not what ending may take.
    private static async Task InTime(Task task, string expected)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Patience.TotalSeconds} s in vain for {expected}.");
        }
    }
}
