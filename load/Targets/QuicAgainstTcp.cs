using Rollcall.Bench.Reports;
using Rollcall.Core.Seams;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;
using Rollcall.Load.Scenarios;
using Rollcall.Transports.Quic;

namespace Rollcall.Load.Targets;

/// <summary>Row 20: the same wire, the same link, over QUIC and over TCP.</summary>
internal static class QuicAgainstTcp
{
    private const int Callers = 64;
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);

    public static async Task<Measurement> MeasureAsync()
    {
        if (!QuicSupport.IsSupported)
        {
            return new Measurement([], $"Not measured on this machine. {QuicSupport.Problem}");
        }

        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        await using IRegistryLink quic = await LoadTarget.ConnectAsync(server.AddressOf("quic"));
        await using IRegistryLink tcp = await LoadTarget.ConnectAsync(server.AddressOf("tcp"));
        PairedArms<Turn> arms = await PairedArms<Turn>.RunAsync(() => TurnAsync(server.Process, quic), () => TurnAsync(server.Process, tcp));
        return new Measurement(
            [
                RatioFigures.Of("round trips over QUIC", arms, turn => turn.PerSecond, "/s", "the same link over TCP") with
                {
                    Ship = 0,
                    Target = 0.5,
                },
                RatioFigures.Of("round trips over QUIC, per second of server CPU", arms, turn => turn.PerCpuSecond, "/s", "the same link over TCP"),
            ],
            $"One connection, {Callers} callers at a time, each asks again as soon as it is answered."
        );
    }

    private static Task<Turn> TurnAsync(ProgramProcess server, IRegistryLink link) =>
        Turn.MeasureAsync(
            server,
            async () =>
            {
                StepStats stats = await LoadRun.RunAsync(
                    "ping",
                    async (_, cancellation) =>
                    {
                        await link.PingAsync(cancellation);
                        return true;
                    },
                    LoadSimulation.KeepConstant(Callers, s_turn)
                );
                return stats.Failed == 0 ? stats.Ok : throw new InvalidOperationException($"Round trips failed: {stats}");
            }
        );
}
