namespace Rollcall.Load.Driving;

/// <summary>How load comes, in NBomber's words. Open: on a schedule, whether those before are answered or not. Closed: a fixed number at a time.</summary>
/// <param name="During">How long.</param>
internal abstract record LoadSimulation(TimeSpan During)
{
    /// <summary>Open: requests at a steady rate, each moved at random by up to <paramref name="jitter"/> of the gap between two.</summary>
    public static OpenSimulation Inject(double perSecond, TimeSpan during, double jitter = 0) =>
        new Steady(perSecond, during, jitter);

    /// <summary>Open: requests independent of each other, as from many clients that do not know of one another (Poisson).</summary>
    public static OpenSimulation InjectPoisson(double perSecond, TimeSpan during) => new Poisson(perSecond, during);

    /// <summary>Open: a rate that grows or shrinks evenly.</summary>
    public static OpenSimulation RampingInject(double fromPerSecond, double toPerSecond, TimeSpan during) =>
        new Ramp(fromPerSecond, toPerSecond, during);

    /// <summary>Closed: <paramref name="copies"/> callers, each asking again as soon as it is answered.</summary>
    public static KeepConstant KeepConstant(int copies, TimeSpan during) => new(copies, during);

    private sealed record Steady(double PerSecond, TimeSpan During, double Jitter) : OpenSimulation(During)
    {
        public override IEnumerable<TimeSpan> Arrivals(Random random)
        {
            double gap = 1 / PerSecond;
            long count = (long)Math.Round(During.TotalSeconds * PerSecond);
            for (long i = 0; i < count; i++)
            {
                // Less than a gap of jitter keeps the order.
                yield return TimeSpan.FromSeconds((i + (Jitter == 0 ? 0 : Jitter * random.NextDouble())) * gap);
            }
        }
    }

    private sealed record Poisson(double PerSecond, TimeSpan During) : OpenSimulation(During)
    {
        public override IEnumerable<TimeSpan> Arrivals(Random random)
        {
            for (double at = Gap(); at < During.TotalSeconds; at += Gap())
            {
                yield return TimeSpan.FromSeconds(at);
            }

            double Gap() => -Math.Log(1 - random.NextDouble()) / PerSecond;
        }
    }

    private sealed record Ramp(double FromPerSecond, double ToPerSecond, TimeSpan During) : OpenSimulation(During)
    {
        // After t of T seconds a·t + (b − a)·t²/2T have come: number i comes where that reaches i.
        public override IEnumerable<TimeSpan> Arrivals(Random random)
        {
            double seconds = During.TotalSeconds;
            double slope = (ToPerSecond - FromPerSecond) / seconds;
            long count = (long)Math.Round((FromPerSecond + ToPerSecond) / 2 * seconds);
            for (long i = 0; i < count; i++)
            {
                double root = Math.Sqrt(Math.Max(0, (FromPerSecond * FromPerSecond) + (2 * slope * i)));
                yield return TimeSpan.FromSeconds(i == 0 ? 0 : 2 * i / (FromPerSecond + root));
            }
        }
    }
}

/// <summary>Load on a schedule.</summary>
/// <param name="During">How long.</param>
internal abstract record OpenSimulation(TimeSpan During) : LoadSimulation(During)
{
    /// <summary>When each request is to start, counted from the start of the run; ascending.</summary>
    public abstract IEnumerable<TimeSpan> Arrivals(Random random);
}

/// <summary>Load by callers that wait for their answers: a stall is seen by as many requests as there are callers, and no more.</summary>
/// <param name="Copies">How many callers.</param>
/// <param name="During">How long.</param>
internal sealed record KeepConstant(int Copies, TimeSpan During) : LoadSimulation(During);
