using System.Diagnostics.Metrics;
using Rollcall.Client.Servers;
using Rollcall.Core.Model;
using Rollcall.Testing;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests;

/// <summary>A client and the nodes of its registry. Time is moved by hand, for all of them.</summary>
internal sealed class ClientBench : IAsyncDisposable
{
    public static readonly Registration Self = RegistrationBuilder.Of("orders", "me") with
    {
        LeaseDuration = TimeSpan.FromSeconds(30),
        RenewalInterval = TimeSpan.FromSeconds(10),
    };

    private readonly List<string> _heard = [];

    public ClientBench(int nodes = 1, ClientOptions? options = null, Meter? meter = null)
    {
        Nodes = [.. Enumerable.Range(0, nodes).Select(i => NodeOf($"fake://node-{i}"))];
        Client = new RollcallClient(
            (options ?? new ClientOptions()) with
            {
                Seed = 5,
            },
            [.. Nodes.Select((node, i) => new RegistryServer($"node-{i}", node.OpenAsync))],
            Time,
            notice =>
            {
                lock (Notices)
                {
                    Notices.Add(notice);
                }
            },
            meter
        );
    }

    public HandTime Time { get; } = new();

    public IReadOnlyList<FakeNode> Nodes { get; }

    public FakeNode Node => Nodes[0];

    public RollcallClient Client { get; }

    public List<ClientNotice> Notices { get; } = [];

    /// <summary>Registrations, renewals and cancellations that reached a node, in order.</summary>
    public string[] Heard
    {
        get
        {
            lock (_heard)
            {
                return [.. _heard];
            }
        }
    }

    public InstanceStatus? Status(FakeNode node) => node.Registry.Find("orders", "me")?.Status;

    /// <summary>Starts, registers, and is up.</summary>
    public async Task<ClientBench> UpAsync()
    {
        await Client.StartAsync();
        await Client.RegisterAsync(Self);
        Client.Started();
        Client.SetHealth(true);
        await Wait.UntilAsync(() => Client.RegisteredStatus == InstanceStatus.Up, "the instance is up");
        return this;
    }

    /// <summary>Time passes for the nodes and the client, in steps; after each the client has done what is due.</summary>
    public async Task PassAsync(TimeSpan span, TimeSpan? step = null, Action? eachStep = null)
    {
        TimeSpan pace = step ?? SteppedRegistry.Step;
        for (TimeSpan left = span; left > TimeSpan.Zero; left -= pace)
        {
            foreach (FakeNode node in Nodes)
            {
                node.Registry.Pass(pace);
            }

            Time.Pass(pace);
            await Wait.UntilAsync(() => IsIdle, "the client has done what is due");
            eachStep?.Invoke();
        }
    }

    /// <summary>Time passes until something holds, but no longer than so long; how long it was.</summary>
    public async Task<TimeSpan> PassUntilAsync(Func<bool> holds, TimeSpan longest, string expected)
    {
        TimeSpan step = TimeSpan.FromMilliseconds(50);
        TimeSpan passed = TimeSpan.Zero;
        for (; !holds() && passed < longest; passed += step)
        {
            await PassAsync(step, step);
            await Task.Delay(1); // what a timer woke runs on another thread: give it a turn
        }

        await Wait.UntilAsync(holds, $"{expected} within {longest} of hand-moved time; heard {string.Join(", ", Heard)}");
        return passed;
    }

    public async ValueTask DisposeAsync() => await Client.DisposeAsync();

    private bool IsIdle => Client.Registration is not { State.Ended: false } registration || registration.IsWaiting;

    private FakeNode NodeOf(string address) =>
        new()
        {
            MakeLink = registry => new FakeLink(registry, address)
            {
                Heard = what =>
                {
                    lock (_heard)
                    {
                        _heard.Add(what);
                    }
                },
            },
        };
}
