using Rollcall.Core;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;

namespace Rollcall.Testing.Support.SimCluster;

/// <summary>What a network does to messages.</summary>
public sealed record LinkWeather
{
    public double Loss { get; init; }

    public double Duplicates { get; init; }

    /// <summary>Shortest and longest delay; if messages may overtake each other they do where these differ.</summary>
    public (double FromMs, double ToMs) DelayMs { get; init; } = (1, 3);

    public bool Reorders { get; init; }

    /// <summary>Messages under way at a time: 1 makes a clogged link.</summary>
    public int Capacity { get; init; } = 64;
}

/// <summary>The wire between two nodes: a connection that is dialled again when it broke, and in each direction messages under way.</summary>
public sealed class SimLink
{
    private static readonly TimeSpan s_redial = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan s_deadAfter = TimeSpan.FromSeconds(3);

    private static readonly LinkWeather s_calm = new();

    private readonly SimCluster _cluster;
    private readonly End _a;
    private readonly End _b;
    private int _connection; // messages of an older one are lost
    private bool _connected;
    private LinkWeather _weather = new();

    internal SimLink(SimCluster cluster, SimNode a, SimNode b)
    {
        _cluster = cluster;
        _a = new End(a);
        _b = new End(b);
        a.Links.Add(this);
        b.Links.Add(this);
        Dial();
    }

    public LinkWeather Weather
    {
        get => _weather;
        set => (_weather, CalmSince) = (value, _cluster.World.Now);
    }

    /// <summary>Since when it has been up, and its weather the same.</summary>
    public TimeSpan CalmSince { get; private set; }

    /// <summary>True if what is sent arrives, soon and in order.</summary>
    public bool IsCalm => _connected && !CutThere && !CutBack && Weather == s_calm;

    /// <summary>Messages from the first node to the second vanish.</summary>
    public bool CutThere { get; private set; }

    /// <summary>Messages from the second node to the first vanish.</summary>
    public bool CutBack { get; private set; }

    public bool Connected => _connected;

    public bool Joins(SimNode x, SimNode y) => (_a.Node == x && _b.Node == y) || (_a.Node == y && _b.Node == x);

    public bool Has(SimNode node) => _a.Node == node || _b.Node == node;

    /// <summary>The registry of a node, in the boot in which the last connection came up, and what it held then; null: none ever did.</summary>
    public (RegistryService Registry, RegistrySnapshot Held)? AtConnect(SimNode node) => (_a.Node == node ? _a : _b).AtConnect;

    public SimNode Other(SimNode node) => _a.Node == node ? _b.Node : _a.Node;

    /// <summary>Cuts one direction, or both. Whoever hears nothing for a while gives the connection up.</summary>
    public void Cut(bool there, bool back)
    {
        (CutThere, CutBack) = (there, back);
        CalmSince = _cluster.World.Now;
        int connection = _connection;
        _cluster.World.In(
            s_deadAfter,
            () =>
            {
                if (_connected && connection == _connection && (CutThere || CutBack))
                {
                    Break();
                }
            }
        );
    }

    public void Heal()
    {
        (CutThere, CutBack) = (false, false);
        CalmSince = _cluster.World.Now;
    }

    /// <summary>The host notices at both ends.</summary>
    public void Break()
    {
        if (!_connected)
        {
            return;
        }

        _connected = false;
        _connection++;
        foreach (End end in (End[])[_a, _b])
        {
            ushort number = end.Number;
            end.UnderWay = 0;
            end.Node.Do(() => end.Node.Cluster!.Disconnect(number, end.Node.Time));
        }
    }

    internal void NodeDied(SimNode node)
    {
        if (_connected)
        {
            _connected = false;
            _connection++;
            _a.UnderWay = _b.UnderWay = 0;
            End other = _a.Node == node ? _b : _a;
            ushort number = other.Number;
            other.Node.Do(() => other.Node.Cluster!.Disconnect(number, other.Node.Time));
        }
    }

    /// <summary>Gives the link what the node has for it.</summary>
    internal void Pump(SimNode from)
    {
        End end = _a.Node == from ? _a : _b;
        while (_connected && end.UnderWay < Weather.Capacity && from.Cluster!.TryTake(end.Number, from.Time, out PeerMessage message))
        {
            Send(end, message);
        }

        if (_connected && from.Cluster!.ClosingReason(end.Number) is not null)
        {
            _cluster.World.In(TimeSpan.FromMilliseconds(10), Break);
        }
    }

    private void Send(End from, PeerMessage message)
    {
        SimWorld world = _cluster.World;
        _cluster.Messages++;
        if (message is HomesAnswer or RenewSet or FeedBatch or ItemsPush or ItemsAnswer)
        {
            _cluster.Count(message);
        }

        bool cut = from == _a ? CutThere : CutBack;
        from.UnderWay++;
        int connection = _connection;
        TimeSpan delay = world.Between(Weather.DelayMs.FromMs, Weather.DelayMs.ToMs);
        if (!Weather.Reorders)
        {
            TimeSpan at = world.Now + delay;
            from.LastAt = at > from.LastAt ? at : from.LastAt + TimeSpan.FromTicks(1);
            delay = from.LastAt - world.Now;
        }

        bool lost = cut || world.Chance(Weather.Loss);
        int copies = lost ? 0 : world.Chance(Weather.Duplicates) ? 2 : 1;
        world.In(
            delay,
            () =>
            {
                if (connection == _connection)
                {
                    from.UnderWay--;
                    from.Node.Do(() => { });
                }
            }
        );
        End to = from == _a ? _b : _a;
        for (int i = 0; i < copies; i++)
        {
            world.In(
                delay + (i * TimeSpan.FromMilliseconds(5)),
                () =>
                {
                    if (connection == _connection)
                    {
                        ushort number = to.Number;
                        to.Node.Do(() => to.Node.Cluster!.Receive(number, message, to.Node.Time));
                    }
                }
            );
        }
    }

    private void Dial()
    {
        bool possible = !_connected && _a.Node.IsUp && _b.Node.IsUp && !_a.Node.IsPaused && !_b.Node.IsPaused && !CutThere && !CutBack;
        if (possible)
        {
            _connected = true;
            CalmSince = _cluster.World.Now;
            _connection++;
            _a.UnderWay = _b.UnderWay = 0;
            _a.Number = _a.Node.Cluster!.Connect(dialled: true, _a.Node.Time);
            _b.Number = _b.Node.Cluster!.Connect(dialled: false, _b.Node.Time);
            _a.AtConnect = (_a.Node.Registry!, _a.Node.Registry!.ReadSnapshot());
            _b.AtConnect = (_b.Node.Registry!, _b.Node.Registry!.ReadSnapshot());
            _a.Node.Wake();
            _b.Node.Wake();
        }

        _cluster.World.In(s_redial, Dial);
    }

    private sealed class End(SimNode node)
    {
        public SimNode Node { get; } = node;

        public ushort Number { get; set; }

        public int UnderWay { get; set; }

        public TimeSpan LastAt { get; set; }

        public (RegistryService Registry, RegistrySnapshot Held)? AtConnect { get; set; }
    }
}
