using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests;

/// <summary>A node that can be down, lose its links, and be started anew, and that counts who comes.</summary>
internal sealed class FakeNode
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<FakeLink> _links = []; // guarded by _gate
    private int _tries; // guarded by _gate
    private TaskCompletionSource _tried = NewSignal(); // guarded by _gate
    private SteppedRegistry _registry = new();

    /// <summary>The registry of the present boot.</summary>
    public SteppedRegistry Registry => _registry;

    /// <summary>While true nobody gets a link.</summary>
    public bool IsDown { get; set; }

    /// <summary>Makes the links; by default ones that work.</summary>
    public Func<RegistryService, FakeLink> MakeLink { get; set; } = registry => new FakeLink(registry);

    /// <summary>All links that were opened, in order.</summary>
    public IReadOnlyList<FakeLink> Links
    {
        get
        {
            lock (_gate)
            {
                return [.. _links];
            }
        }
    }

    /// <summary>How often somebody wanted a link.</summary>
    public int Tries
    {
        get
        {
            lock (_gate)
            {
                return _tries;
            }
        }
    }

    public ValueTask<IRegistryLink> OpenAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            _tries++;
            _tried.TrySetResult();
            _tried = NewSignal();
            if (IsDown)
            {
                return ValueTask.FromException<IRegistryLink>(new LinkException(LinkFailure.Unreachable, "The node is down."));
            }

            FakeLink link = MakeLink(_registry.Registry);
            _links.Add(link);
            return ValueTask.FromResult<IRegistryLink>(link);
        }
    }

    /// <summary>Waits until somebody has wanted a link so often.</summary>
    public async Task TriedAsync(int times)
    {
        while (true)
        {
            Task tried;
            lock (_gate)
            {
                if (_tries >= times)
                {
                    return;
                }

                tried = _tried.Task;
            }

            try
            {
                await tried.WaitAsync(s_deadline);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"{times} tries were expected, {Tries} were seen.");
            }
        }
    }

    /// <summary>Every link is lost.</summary>
    public void LoseLinks()
    {
        foreach (FakeLink link in Links)
        {
            link.Lose();
        }
    }

    /// <summary>The process ends and starts again, empty.</summary>
    public void Restart(RegistryOptions? options = null)
    {
        lock (_gate)
        {
            _registry = new SteppedRegistry(options);
        }

        LoseLinks();
    }

    /// <summary>What it holds, in the words of <see cref="Shown(RegistryCopy)"/>.</summary>
    public string[] Shown() => [.. _registry.Registry.ReadSnapshot().Instances().Select(Text).Order(StringComparer.Ordinal)];

    /// <summary>What a copy holds.</summary>
    public static string[] Shown(RegistryCopy copy) => [.. copy.Instances.Select(Text).Order(StringComparer.Ordinal)];

    private static string Text(Instance instance) => $"{instance.Service}/{instance.Id} {instance.Status} #{instance.Number}";

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
