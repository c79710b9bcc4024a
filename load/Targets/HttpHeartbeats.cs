using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Load.Connections;
using Rollcall.Load.Controls;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Targets;

/// <summary>Row 4: Eureka's heartbeat over HTTP/1.1 against a Kestrel whose handler is empty.</summary>
internal static class HttpHeartbeats
{
    private const string ControlName = "an empty Kestrel handler";
    private const int Connections = 64;
    private const int Instances = 10_000;
    private const double OpenPerSecond = 10_000;

    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_open = TimeSpan.FromSeconds(4);

    public static async Task<Measurement> MeasureAsync()
    {
        var fleet = new SpringFleet(services: 100);
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        await using ProgramProcess control = await ControlCommand.StartAsync(ControlCommand.Kestrel);
        await RegisterAsync(server.Http, fleet);
        byte[][] requests = [.. Enumerable.Range(0, Instances).Select(i => Heartbeat(fleet, i))];

        using HttpClients toServer = await HttpClients.ConnectAsync(server.Http, requests);
        using HttpClients toControl = await HttpClients.ConnectAsync(ControlCommand.AddressOf(control), requests);
        PairedArms<Turn> arms = await PairedArms<Turn>.RunAsync(
            () => Turn.MeasureAsync(server.Process, () => toServer.SaturateAsync(s_turn)),
            () => Turn.MeasureAsync(control, () => toControl.SaturateAsync(s_turn))
        );
        PairedArms<Turn>? byWrk = Wrk.IsInstalled
            ? await PairedArms<Turn>.RunAsync(
                () => Turn.MeasureAsync(server.Process, () => WrkAsync(server.Http, fleet)),
                () => Turn.MeasureAsync(control, () => WrkAsync(ControlCommand.AddressOf(control), fleet))
            )
            : null;
        StepStats open = await toServer.OfferAsync("heartbeats on a schedule", OpenPerSecond, s_open);
        StepStats openControl = await toControl.OfferAsync("the control's", OpenPerSecond, s_open);
        return new Measurement(
            [
                RatioFigures.Of("HTTP heartbeats, per second of server CPU", arms, turn => turn.PerCpuSecond, "/s", ControlName) with
                {
                    Ship = 0.70,
                    Target = 0.85,
                },
                RatioFigures.Of("HTTP heartbeats, per second", arms, turn => turn.PerSecond, "/s", ControlName),
                new Figure("HTTP heartbeats, bytes allocated each, instances rotating", arms.OfSubject(turn => turn.BytesAllocated), "B"),
                .. CrossCheck(byWrk, arms),
                RatioFigures.Latency("HTTP heartbeats on a schedule, p99", open, openControl, ControlName),
            ],
            $"{Connections} connections, one request on each at a time (closed loop) for the throughput; {Instances} instances registered, renewed in turn.",
            $"On a schedule: {open}.",
            $"On a schedule, control: {openControl}.",
            byWrk is null ? Wrk.Missing : "By wrk: the same requests to both arms, as many connections, in the same run."
        );
    }

    /// <summary>What another load generator says of the same: of the ratio, and of the rate against that of our driver.</summary>
    private static IEnumerable<Figure> CrossCheck(PairedArms<Turn>? byWrk, PairedArms<Turn> ours) =>
        byWrk is null
            ? []
            :
            [
                RatioFigures.Of("HTTP heartbeats by wrk, per second of server CPU", byWrk, turn => turn.PerCpuSecond, "/s", ControlName),
                RatioFigures.Of(
                    "HTTP heartbeats by wrk, per second",
                    new PairedArms<Turn>(byWrk.Subject, ours.Subject),
                    turn => turn.PerSecond,
                    "/s",
                    "our own driver"
                ),
            ];

    private static Task<long> WrkAsync(Uri address, SpringFleet fleet) =>
        Wrk.PutAsync(address, Enumerable.Range(0, Instances).Select(i => PathOf(fleet, i)), Connections, s_turn);

    private static async Task RegisterAsync(Uri server, SpringFleet fleet)
    {
        using var client = new HttpClient { BaseAddress = server };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Instances),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, cancellation) =>
            {
                string app = fleet.Service(i).ToUpperInvariant();
                string body = $$$"""
                    {"instance":{"instanceId":"{{{fleet.Id(i)}}}","hostName":"h{{{i}}}","app":"{{{app}}}","ipAddr":"10.0.0.1","status":"UP",
                    "port":{"$":8080,"@enabled":"true"},"dataCenterInfo":{"name":"MyOwn"} } }
                    """;
                using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
                using HttpResponseMessage answer = await client.PostAsync($"eureka/apps/{app}", content, cancellation);
                answer.EnsureSuccessStatusCode();
            }
        );
    }

    private static string PathOf(SpringFleet fleet, int i) => $"/eureka/apps/{fleet.Service(i).ToUpperInvariant()}/{fleet.Id(i)}";

    private static byte[] Heartbeat(SpringFleet fleet, int i) =>
        Encoding.ASCII.GetBytes($"PUT {PathOf(fleet, i)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");

    /// <summary>The connections of one arm.</summary>
    private sealed class HttpClients(HttpConnection[] connections, byte[][] requests) : IDisposable
    {
        public static async Task<HttpClients> ConnectAsync(Uri server, byte[][] requests)
        {
            var endPoint = IPEndPoint.Parse(server.Authority);
            HttpConnection[] connections = await Task.WhenAll(
                Enumerable.Range(0, Connections).Select(_ => HttpConnection.ConnectAsync(endPoint))
            );
            return new HttpClients(connections, requests);
        }

        /// <summary>Each connection asks again as soon as it is answered.</summary>
        public async Task<long> SaturateAsync(TimeSpan during)
        {
            var idle = new System.Collections.Concurrent.ConcurrentStack<HttpConnection>(connections);
            StepStats stats = await LoadRun.RunAsync(
                "heartbeats",
                async (request, cancellation) =>
                {
                    idle.TryPop(out HttpConnection? connection);
                    bool good = await connection!.SendAsync(requests[request.Number % requests.Length], cancellation);
                    idle.Push(connection);
                    return good;
                },
                LoadSimulation.KeepConstant(connections.Length, during)
            );
            return stats.Failed == 0 ? stats.Ok : throw new InvalidOperationException($"Heartbeats failed: {stats}");
        }

        /// <summary>Requests when they are due; one that finds no idle connection waits for the next, and that counts.</summary>
        public async Task<StepStats> OfferAsync(string name, double perSecond, TimeSpan during)
        {
            var idle = System.Threading.Channels.Channel.CreateUnbounded<HttpConnection>();
            Array.ForEach(connections, connection => idle.Writer.TryWrite(connection));
            return await LoadRun.RunAsync(
                name,
                async (request, cancellation) =>
                {
                    HttpConnection connection = await idle.Reader.ReadAsync(cancellation);
                    bool good = await connection.SendAsync(requests[request.Number % requests.Length], cancellation);
                    idle.Writer.TryWrite(connection);
                    return good;
                },
                LoadSimulation.InjectPoisson(perSecond, during)
            );
        }

        public void Dispose() => Array.ForEach(connections, connection => connection.Dispose());
    }
}
