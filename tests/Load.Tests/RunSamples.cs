using Rollcall.Bench.Reports;
using Rollcall.Load.Results;

namespace Rollcall.Load.Tests;

/// <summary>Results of runs that did not happen, with known figures.</summary>
internal static class RunSamples
{
    /// <summary>A run of ten seconds with one step.</summary>
    /// <param name="p99">Latency of each second; varies by a twentieth.</param>
    /// <param name="perSecond">Rate of each second.</param>
    /// <param name="step">Its name.</param>
    public static RunResult Run(double p99 = 10, double perSecond = 1_000, string step = "renew", params string[] problems)
    {
        Sample[] samples =
        [
            .. Enumerable
                .Range(1, 10)
                .Select(second =>
                {
                    double factor = 1 + (0.05 * ((second % 3) - 1));
                    return new Sample(
                        second,
                        "renewing",
                        [new StepSample(step, perSecond, perSecond * factor, 0, p99 * factor / 4, p99 * factor)],
                        new ServerSample(0.2 * factor, 100 + second, 30, 1.5, second % 4)
                    );
                }),
        ];
        return new RunResult(
            "steady",
            "instances that <stay> & renew",
            "load -- run steady",
            "2026-11-22 12:00:00",
            "abc1234",
            new MachineFacts("a processor", 2, 4, "a system", ".NET", "0.1"),
            new Dictionary<string, string> { ["transport"] = "tcp", ["instances"] = "1,000" },
            12,
            3,
            problems,
            ["a note with <marks>"],
            [new StepResult(step, perSecond, perSecond, (long)perSecond * 10, 0, new LatencyResult(2.5, 5, p99, 20, 30, 40), [])],
            [new PhaseResult("renewing", 10, 0.2, 110, 30, 15, 4, 1, 15)],
            samples
        );
    }
}
