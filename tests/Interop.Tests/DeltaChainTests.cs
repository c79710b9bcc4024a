using Rollcall.Interop.Tests.Calls;
using Rollcall.Testing.Support.Clients;
using Xunit.Abstractions;

namespace Rollcall.Interop.Tests;

/// <summary>Clients that live on deltas never find a reason to read in full.</summary>
public sealed class DeltaChainTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly string[] s_statuses = ["UP", "DOWN", "STARTING", "OUT_OF_SERVICE"];

    private ServerProcess _server = null!;
    private EurekaCalls _calls = null!;

    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync("--guard", "off");
        _calls = new EurekaCalls(_server.BaseUrl);
    }

    public async Task DisposeAsync()
    {
        _calls.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_operations_leave_every_cache_equal_to_the_full_read_by_deltas_alone(int seed)
    {
        Random random = new(seed);
        Poller[] pollers =
        [
            new(_calls, new SpringStrictReader(), compact: false),
            new(_calls, new LegacyJavaJsonReader(), compact: true),
            new(_calls, new LegacyJavaXmlReader(), compact: false),
            new(_calls, new PythonReader(), compact: true),
        ];
        foreach (Poller poller in pollers)
        {
            await poller.ReadFullAsync();
        }

        for (int step = 0; step < 400; step++)
        {
            await OperateAsync(random);
            foreach (Poller poller in pollers.Where(_ => random.Next(6) == 0))
            {
                await poller.ReadDeltaAsync();
            }
        }

        foreach (Poller poller in pollers)
        {
            await poller.ReadDeltaAsync();
            await poller.CompareAsync();
        }

        output.WriteLine($"Deltas applied: {string.Join(", ", pollers.Select(p => p.Deltas))}.");
    }

    [Theory]
    [InlineData("o-1", "o-2")]
    [InlineData("o-2", "o-1")]
    public async Task A_service_whose_only_instance_is_replaced_leaves_no_ghost(string old, string replacement)
    {
        Poller poller = new(_calls, new SpringStrictReader(), compact: false);
        await _calls.RegisterAsync(SampleInstances.Plain("ORDERS", old));
        await poller.ReadFullAsync();
        await _calls.CancelAsync("ORDERS", old);
        await poller.ReadDeltaAsync();

        await _calls.RegisterAsync(SampleInstances.Plain("ORDERS", replacement));

        await poller.ReadDeltaAsync();
        await poller.CompareAsync();
    }

    /// <summary>One operation on one of 5 services with 6 ids each, so that services empty and come back.</summary>
    private async Task OperateAsync(Random random)
    {
        string app = $"APP-{random.Next(5)}";
        string id = $"{app.ToLowerInvariant()}-{random.Next(6)}";
        switch (random.Next(10))
        {
            case < 4:
                string status = s_statuses[random.Next(s_statuses.Length)];
                await _calls.RegisterAsync(SampleInstances.Plain(app, id) with { Status = status });
                break;
            case < 7:
                await _calls.CancelAsync(app, id);
                break;
            case 7:
                await _calls.OverrideAsync(app, id, s_statuses[random.Next(s_statuses.Length)]);
                break;
            case 8:
                await _calls.ClearOverrideAsync(app, id);
                break;
            default:
                await _calls.SetMetadataAsync(app, id, "step", "x");
                break;
        }
    }

    /// <summary>A client that read in full once and asks for deltas since.</summary>
    private sealed class Poller(EurekaCalls calls, IClientReader reader, bool compact)
    {
        private readonly ClientCache _cache = new();

        public int Deltas { get; private set; }

        public async Task ReadFullAsync() => _cache.Replace(await ReadAsync("apps/", ClientDocument.Full));

        public async Task ReadDeltaAsync()
        {
            ClientView delta = await ReadAsync("apps/delta", ClientDocument.Delta);
            Assert.True(_cache.Apply(delta), $"{reader.Name} computes {_cache.Hash()} after a delta that says {delta.Hash}.");
            Deltas++;
        }

        public async Task CompareAsync()
        {
            ClientView full = await ReadAsync("apps/", ClientDocument.Full);
            Assert.Equal(full.Hash, _cache.Hash());
            Assert.Equal(Text(full.Instances), Text(_cache.Instances));
        }

        /// <summary>Every member that the client reads, of every instance, in the order of their names.</summary>
        private string Text(IEnumerable<ClientInstance> instances) => string.Join('\n', instances
            .Select(i => string.Join(' ', reader.Reads.Order().Select(member => $"{member}={ClientInstance.Members[member](i)}")))
            .Order());

        private async Task<ClientView> ReadAsync(string path, ClientDocument document)
        {
            Answer answer = await calls.ReadAsync(path, reader.Format, compact, packed: true);
            Assert.Equal(200, answer.Status);
            return reader.Read(document, answer.Body);
        }
    }
}
