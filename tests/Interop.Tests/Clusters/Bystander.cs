using Rollcall.Interop.Tests.Links;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>An application that knows all nodes, and asks for an instance all the time: none of its calls may fail, whatever they do.</summary>
internal sealed class Bystander : IAsyncDisposable
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(5);

    private readonly ClientLife _life;
    private readonly ServerProcess[] _nodes;
    private readonly CancellationTokenSource _ending = new();
    private Task _asking = Task.CompletedTask;
    private int _asked;
    private int _failed;

    private Bystander(IReadOnlyList<ServerProcess> nodes)
    {
        _nodes = [.. nodes];
        _life = new ClientLife("tcp", _nodes);
    }

    /// <summary>Starts it, and waits until it is registered and knows others.</summary>
    public static async Task<Bystander> StartAsync(IReadOnlyList<ServerProcess> nodes)
    {
        var bystander = new Bystander(nodes);
        await bystander._life.StartAsync();
        await bystander._life.IsUpAsync(bystander._nodes);
        await Wait.UntilAsync(() => Task.FromResult(bystander.Chooses()), () => "an instance to choose");
        bystander._asking = Task.Run(bystander.AskAsync);
        return bystander;
    }

    /// <summary>Ends the asking, and asserts that each call had its answer, and that it is registered still; a line on it.</summary>
    public async Task<string> StopAsync()
    {
        await _ending.CancelAsync();
        await _asking;
        await _life.IsUpAsync(_nodes);
        Assert.Equal(0, _failed);
        return $"a client's {_asked} calls had their answer each, its own registration is up";
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _asking;
        await _life.DisposeAsync();
        _ending.Dispose();
    }

    private bool Chooses() => _life.Client.TryChoose("orders", out _);

    private async Task AskAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            _asked++;
            _failed += Chooses() ? 0 : 1;
            await Task.Delay(s_pace, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
