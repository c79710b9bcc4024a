using Rollcall.Client.Servers;
using Rollcall.Core.Seams;
using Rollcall.Testing;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.Servers;

/// <summary>A session with servers that have faults. Time moves only when something hangs.</summary>
internal sealed class ServerBench : IAsyncDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _hung = new(0);

    public ServerBench(int servers, ulong seed, ClientOptions? options = null, Func<int, string?>? zoneOf = null)
    {
        Options = options ?? new ClientOptions();
        Servers =
        [
            .. Enumerable.Range(0, servers).Select(i => new FaultyServer($"fake://registry-{i}", () => _hung.Release(), zoneOf?.Invoke(i))),
        ];
        Session = new ServerSession(
            [.. Servers.Select(server => server.Server)],
            Options,
            new ClientClock(Time),
            new Dice(seed),
            Notices.Add
        );
    }

    public ClientOptions Options { get; }

    public HandTime Time { get; } = new();

    public IReadOnlyList<FaultyServer> Servers { get; }

    public ServerSession Session { get; }

    public List<ClientNotice> Notices { get; } = [];

    /// <summary>Dials and calls that a server has seen.</summary>
    public int Contacts => Servers.Sum(server => server.Dials + server.Calls);

    /// <summary>Makes a call; what hangs is timed out. Which server answered.</summary>
    public async Task<FaultyServer> CallAsync(CancellationToken cancellation = default)
    {
        Task<RegistryServer> call = Session.CallAsync(
            "ping",
            async (link, limit) =>
            {
                await link.Link.PingAsync(limit);
                return link.Server;
            },
            cancellation
        );
        while (!call.IsCompleted)
        {
            using var done = new CancellationTokenSource();
            Task hung = _hung.WaitAsync(done.Token);
            if (await Task.WhenAny(call, hung).WaitAsync(s_deadline, CancellationToken.None) == hung)
            {
                Time.Pass(Options.TryLimit);
            }

            await done.CancelAsync();
        }

        RegistryServer answered = await call;
        return Servers.Single(server => ReferenceEquals(server.Server, answered));
    }

    public ValueTask DisposeAsync() => Session.DisposeAsync();
}
