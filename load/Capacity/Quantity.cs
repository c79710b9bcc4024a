namespace Rollcall.Load.Capacity;

/// <summary>Something that a server holds so and so much of.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Text">For people, with its unit.</param>
/// <param name="Start">The first load that is tried.</param>
/// <param name="Limit">The last: what the search has time for.</param>
/// <param name="StartAsync">Prepares what is tried; given how long a trial lasts.</param>
internal sealed record Quantity(string Name, string Text, double Start, double Limit, Func<TimeSpan, Task<ICapacityTrials>> StartAsync)
{
    /// <summary>How often the search halves the gap between what held and what did not.</summary>
    public int Bisections { get; init; } = 3;

    /// <summary>How often what was found must hold again.</summary>
    public int Confirmations { get; init; } = 3;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Quantity> All { get; } =
    [
        new("heartbeats-http", "heartbeats/s over HTTP (Eureka's PUT, 64 connections, 10,000 instances)", 4_000, 200_000, RateTrials.HeartbeatsOverHttpAsync),
        new("heartbeats-tcp", "heartbeats/s over TCP (100 handles in a request, 4 connections, 100,000 instances)", 200_000, 20_000_000, RateTrials.HeartbeatsOverTcpAsync),
        new("reads-full", "full reads/s over HTTP (Eureka's JSON, gzip, 10,000 instances)", 100, 50_000, RateTrials.FullReadsAsync),
        new("reads-service", "reads/s of one service of 100 over HTTP (Eureka's JSON, gzip)", 1_000, 100_000, RateTrials.ServiceReadsAsync),
        new("subscribers", "subscribers to everything over TCP (20 changes/s, each to all; latency is change to subscriber)", 250, 16_000, SubscriberTrials.StartAsync),
        // Each trial registers all of them anew, which takes its time.
        new("instances", "instances over TCP, each renewing every 30 s (latency is that of a frame of them)", 500_000, 2_000_000, InstanceTrials.StartAsync)
        {
            Bisections = 0,
            Confirmations = 1,
        },
    ];
}

/// <summary>Tries loads of one quantity, one after the other.</summary>
internal interface ICapacityTrials : IAsyncDisposable
{
    /// <summary>Tries one. What fails is in the trial; what cannot be tried at all is an exception.</summary>
    Task<Trial> TryAsync(double load);
}
