using System.Net.Http.Headers;
using Rollcall.Bench.Fleet;
using Rollcall.Core.Seams;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;
using Rollcall.Load.Scenarios;

namespace Rollcall.Load.Capacity;

/// <summary>Requests per second of one kind, on a schedule, to a server of its own.</summary>
internal sealed class RateTrials(Step step, TimeSpan during, int operations, params IAsyncDisposable[] owned) : ICapacityTrials
{
    private const int Instances = 10_000;
    private const int Services = 100;
    private const int Connections = 64;
    private const int WireInstances = 100_000;
    private const int WireConnections = 4;
    private const int HandlesPerRequest = 100;

    public static async Task<ICapacityTrials> HeartbeatsOverHttpAsync(TimeSpan during)
    {
        (ServerUnderLoad server, SpringFleet fleet) = await StartAsync();
        byte[][] requests = [.. Enumerable.Range(0, Instances).Select(i => EurekaFleet.Heartbeat(fleet, i))];
        HttpClients clients = await HttpClients.ConnectAsync(server.Http, requests, Connections);
        return new RateTrials(clients.Step(), during, 1, server);
    }

    public static async Task<ICapacityTrials> HeartbeatsOverTcpAsync(TimeSpan during)
    {
        ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, WireInstances, Services);
        IRegistryLink[] links = await Task.WhenAll(
            Enumerable.Range(0, WireConnections).Select(_ => LoadTarget.ConnectAsync(server.AddressOf("tcp")))
        );
        return new RateTrials(
            async (request, cancellation) =>
            {
                int from = request.Number * HandlesPerRequest % WireInstances;
                ReadOnlyMemory<Core.Leases.LeaseHandle> handles = fleet.Handles.AsMemory(from, HandlesPerRequest);
                return await links[request.Number % links.Length].RenewAsync(handles, new int[HandlesPerRequest], cancellation) == 0;
            },
            during,
            HandlesPerRequest,
            [.. links, server]
        );
    }

    public static async Task<ICapacityTrials> FullReadsAsync(TimeSpan during)
    {
        (ServerUnderLoad server, _) = await StartAsync();
        return await ReadsAsync(server, "eureka/apps", during);
    }

    public static async Task<ICapacityTrials> ServiceReadsAsync(TimeSpan during)
    {
        (ServerUnderLoad server, SpringFleet fleet) = await StartAsync();
        return await ReadsAsync(server, $"eureka/apps/{fleet.Service(0).ToUpperInvariant()}", during);
    }

    public async Task<Trial> TryAsync(double load)
    {
        StepStats stats = await LoadRun.RunAsync("trial", step, LoadSimulation.InjectPoisson(load / operations, during));
        return new Trial(
            load,
            // As many as the schedule had: a Poisson schedule has a few more or less than its rate.
            load * Math.Min(1, stats.Achieved / stats.Offered),
            stats.Latency.Percentile(0.99),
            stats.Failed == 0 ? null : $"{stats.Failed} requests failed: {string.Join("; ", stats.Errors)}"
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in owned)
        {
            await one.DisposeAsync();
        }
    }

    private static async Task<(ServerUnderLoad Server, SpringFleet Fleet)> StartAsync()
    {
        ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        var fleet = new SpringFleet(Services);
        await EurekaFleet.RegisterAsync(server.Http, fleet, Instances);
        return (server, fleet);
    }

    // Nothing changes meanwhile: each answer must be as long as the first.
    private static async Task<ICapacityTrials> ReadsAsync(ServerUnderLoad server, string path, TimeSpan during)
    {
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Connections };
        var http = new HttpClient(handler) { BaseAddress = server.Http };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        http.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        var address = new Uri(path, UriKind.Relative);
        int length = (await http.GetByteArrayAsync(address)).Length;
        return new RateTrials(
            async (_, cancellation) => (await http.GetByteArrayAsync(address, cancellation)).Length == length,
            during,
            1,
            server
        );
    }
}
