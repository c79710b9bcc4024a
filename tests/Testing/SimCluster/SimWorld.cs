namespace Rollcall.Testing.Support.SimCluster;

/// <summary>Time, chance and what is to happen: one thread, one seed. The same seed gives the same run.</summary>
public sealed class SimWorld(int seed)
{
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private long _order;

    /// <summary>Since the start of the simulation.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Chance.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Events that have happened.</summary>
    public long Events { get; private set; }

    /// <summary>Has something happen later.</summary>
    public void In(TimeSpan delay, Action action) => _events.Enqueue(action, ((Now + delay).Ticks, _order++));

    /// <summary>Lets time pass, and all happen that is due meanwhile.</summary>
    public void Run(TimeSpan span)
    {
        TimeSpan end = Now + span;
        while (_events.TryPeek(out _, out (long At, long Order) next) && next.At <= end.Ticks)
        {
            Action action = _events.Dequeue();
            Now = new TimeSpan(Math.Max(Now.Ticks, next.At));
            Events++;
            action();
        }

        Now = end;
    }

    /// <summary>True with a probability.</summary>
    public bool Chance(double probability) => Random.NextDouble() < probability;

    /// <summary>Between two spans, evenly.</summary>
    public TimeSpan Between(double fromMs, double toMs) => TimeSpan.FromMilliseconds(fromMs + (Random.NextDouble() * (toMs - fromMs)));

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> of) => of[Random.Next(of.Count)];
}
