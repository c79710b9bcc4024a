using System.Globalization;
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
        await EurekaFleet.RegisterAsync(server.Http, fleet, Instances);
        byte[][] requests = [.. Enumerable.Range(0, Instances).Select(i => EurekaFleet.Heartbeat(fleet, i))];

        using HttpClients toServer = await HttpClients.ConnectAsync(server.Http, requests, Connections);
        using HttpClients toControl = await HttpClients.ConnectAsync(ControlCommand.AddressOf(control), requests, Connections);
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
        Wrk.PutAsync(address, Enumerable.Range(0, Instances).Select(i => EurekaFleet.PathOf(fleet, i)), Connections, s_turn);
}
