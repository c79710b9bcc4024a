using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;

namespace Rollcall.Testing.Support.SimCluster;

/// <summary>One node: the real registry and the real cluster code, driven by simulated time; what a host does is done here.</summary>
public sealed class SimNode
{
    private static readonly TimeSpan s_advance = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_hoursOff = TimeSpan.FromMinutes(30);

    private readonly SimCluster _cluster;
    private readonly List<Action> _whilePaused = [];
    private long _boots;
    private long _wakeOrder;
    private ulong _lastVersion;
    private SimRevisions _revisions;

    internal SimNode(SimCluster cluster, uint id, string clusterId)
    {
        _cluster = cluster;
        Id = id;
        ClusterId = clusterId;
        Clock = new SimClock(cluster.World);
        _revisions = new SimRevisions(this);
    }

    /// <summary>Receives a line for each change, when a run is looked at.</summary>
    public static Action<SimNode, string>? Trace { get; set; }

    public uint Id { get; }

    public string ClusterId { get; }

    public SimClock Clock { get; }

    /// <summary>What it wrote last: all that a kill leaves.</summary>
    public RegistryImage? File { get; private set; }

    /// <summary>Since when it has been running, and standing still at no time: what is promised is promised to such.</summary>
    public TimeSpan CalmSince { get; private set; }

    /// <summary>Null while it is down.</summary>
    public RegistryService? Registry { get; private set; }

    /// <summary>Null while it is down.</summary>
    public ClusterNode? Cluster { get; private set; }

    public bool IsUp => Registry is not null;

    public bool IsPaused { get; private set; }

    public TimeSpan StartedAt { get; private set; }

    public bool StartedAlone { get; private set; }

    /// <summary>For <see cref="SimChecks"/>: it has been seen serving reads in this boot.</summary>
    public bool OpenSeen { get; set; }

    /// <summary>Grows with each start.</summary>
    public long Boot => _boots;

    public MonotonicTime Time => Registry!.Now;

    /// <summary>Links that have this node at an end.</summary>
    public List<SimLink> Links { get; } = [];

    public IEnumerable<Instance> Instances => Registry!.ReadSnapshot().Instances();

    /// <summary>Begins, or begins again, with the file of the former run or without.</summary>
    public void Start(bool expectsPeers = true, bool withFile = false)
    {
        _boots++;
        Registry = new RegistryService(
            _cluster.RegistryOptions with
            {
                NodeId = Id,
                Cluster = _cluster.ClusterOptions with { ClusterId = ClusterId },
                Seed = ((ulong)Id << 32) + (ulong)_boots + ((ulong)_cluster.Seed << 40),
            },
            Clock
        );
        _lastVersion = 0;
        _revisions = new SimRevisions(this);
        StartedAt = CalmSince = _cluster.World.Now;
        StartedAlone = !expectsPeers;
        OpenSeen = false;
        if (withFile && File is { } image)
        {
            Restore(image);
        }

        Cluster = new ClusterNode(Registry, expectsPeers, Registry.Now);
        IsPaused = false;
        AdvanceAgain(_boots);
        Wake();
    }

    /// <summary>True once its clock has been an hour off: what was dated by it outranks what is said since, or what was said before outranks it.</summary>
    public bool ClockWasHoursOff { get; private set; }

    /// <summary>Writes its file, as a host does from time to time.</summary>
    public void Write()
    {
        if (IsUp && !IsPaused)
        {
            RegistryImage image = Registry!.ReadImage(Time);
            File = image with { States = [.. image.States] };
        }
    }

    /// <summary>Its wall clock jumps.</summary>
    public void JumpClock(TimeSpan by)
    {
        Clock.WallOffset += by;
        ClockWasHoursOff |= Clock.WallOffset.Duration() >= s_hoursOff;
    }

    /// <summary>All it knows is gone but what it wrote.</summary>
    public void Kill()
    {
        Registry = null;
        Cluster = null;
        _whilePaused.Clear();
        foreach (SimLink link in Links)
        {
            link.NodeDied(this);
        }
    }

    /// <summary>Nothing happens in it for a while: as if the process stood still.</summary>
    public void Pause(TimeSpan span)
    {
        IsPaused = true;
        long boot = _boots;
        _cluster.World.In(
            span,
            () =>
            {
                if (boot != _boots || !IsUp)
                {
                    return;
                }

                IsPaused = false;
                CalmSince = _cluster.World.Now;
                Action[] waited = [.. _whilePaused];
                _whilePaused.Clear();
                Registry!.Advance(Time);
                foreach (Action action in waited)
                {
                    action();
                }

                Wake();
            }
        );
    }

    /// <summary>Does something in the node, now or when it goes on; not at all if it is down.</summary>
    public void Do(Action action)
    {
        if (!IsUp)
        {
            return;
        }

        if (IsPaused)
        {
            _whilePaused.Add(action);
            return;
        }

        action();
        Wake();
    }

    /// <summary>Ticks what is due and gives messages to the links.</summary>
    public void Wake()
    {
        if (!IsUp || IsPaused)
        {
            return;
        }

        MonotonicTime next = Cluster!.Tick(Time);
        foreach (SimLink link in Links)
        {
            link.Pump(this);
        }

        _cluster.Checks.AfterEvent(this);
        ulong version = Registry!.ReadSnapshot().Version;
        if (version < _lastVersion)
        {
            throw new SimFailureException($"node {Id}: version went from {_lastVersion} back to {version}");
        }

        for (ulong v = _lastVersion + 1; v <= version; v++)
        {
            if (Registry.TryReadChange(v, out Change change))
            {
                _revisions.Note(change);
                _cluster.Checks.AfterChange(this, change);
                Trace?.Invoke(this, $"{_cluster.World.Now.TotalSeconds:0.000} node {Id}.{Boot} v{v} {change.Record} {change.Kind} {change.Cause} {change.Source} via {change.Via} {change.Revision} port {change.Record.Port} home {Registry.Replica!.StateOf(InstanceKey.Of(change.Record), Time).Home}");
            }
        }

        _lastVersion = version;
        long order = ++_wakeOrder;
        long boot = _boots;
        TimeSpan wait = next - Time;
        _cluster.World.In(
            wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait,
            () =>
            {
                if (order == _wakeOrder && boot == _boots)
                {
                    Wake();
                }
            }
        );
    }

    // What it wrote it still knows after the start. By a clock that jumped forth meanwhile the file is too old, and it starts without.
    private void Restore(RegistryImage image)
    {
        bool tooOld = Registry!.WallMs(Time) - image.WrittenAtMs > _cluster.ClusterOptions.TombstoneLife.TotalMilliseconds;
        if (Registry.Restore(image, Time).Error is { } error)
        {
            if (!tooOld)
            {
                throw new SimFailureException($"node {Id} cannot restore: {error.Message}");
            }

            return;
        }

        foreach (KeyedState state in image.States)
        {
            _revisions.Note(state);
        }
    }

    private void AdvanceAgain(long boot)
    {
        if (boot != _boots || !IsUp)
        {
            return;
        }

        if (!IsPaused)
        {
            Registry!.Advance(Time);
            _cluster.Checks.AfterAdvance(this);
            Wake();
        }

        _cluster.World.In(s_advance, () => AdvanceAgain(boot));
    }
}

/// <summary>A checker found something that must not be.</summary>
public sealed class SimFailureException(string message) : Exception(message);
