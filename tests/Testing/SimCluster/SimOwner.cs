using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;

namespace Rollcall.Testing.Support.SimCluster;

/// <summary>An instance's owner: registers, renews, fails over to another node when its own does not answer, and knows the truth.</summary>
public sealed class SimOwner
{
    private readonly SimCluster _cluster;
    private readonly bool _byHandle;
    private readonly TimeSpan _lease;
    private LeaseHandle _handle;
    private SimNode? _at;
    private long _boot;
    private TimeSpan _renewedAt;
    private SimNode? _renewedNode;
    private TimeSpan _thereSince;
    private long _renewedAtMs; // by the wall clock of the node

    internal SimOwner(SimCluster cluster, string service, string id, TimeSpan lease, bool byHandle)
    {
        _cluster = cluster;
        _byHandle = byHandle;
        _lease = lease;
        Service = service;
        Id = id;
    }

    public string Service { get; }

    public string Id { get; }

    /// <summary>False: it is gone, by its own word or without one.</summary>
    public bool Alive { get; private set; } = true;

    /// <summary>What it said last and a node accepted: told by the port.</summary>
    public int Word { get; private set; }

    public InstanceKey Key => InstanceKey.Of(Service, Id);

    /// <summary>The node it renews at.</summary>
    public SimNode? At => _at;

    /// <summary>How often it wanted to renew and found no node that answers.</summary>
    public int Refused { get; private set; }

    /// <summary>How long its lease lasts.</summary>
    public TimeSpan Lease => _lease;

    /// <summary>When, and where, a renewal or registration was accepted last, and since when there and nowhere else; the node may have restarted since.</summary>
    public (TimeSpan When, SimNode? Node, TimeSpan ThereSince) Renewed => (_renewedAt, _renewedNode, _thereSince);

    /// <summary>Begins, at this node or any.</summary>
    public void Begin(SimNode? at = null)
    {
        _at = at;
        Beat();
    }

    /// <summary>Says something new.</summary>
    public void SayNew()
    {
        if (Alive && Reach() is { } node)
        {
            Register(node, Word + 1);
        }
    }

    /// <summary>Moves to another node.</summary>
    public void Move(SimNode to)
    {
        _handle = to == _at ? _handle : default;
        _at = to;
    }

    /// <summary>Leaves, and says so if it reaches a node that knows it.</summary>
    public void Cancel()
    {
        if (Alive && Reach() is { } node)
        {
            // An owner that is told "unknown" tries elsewhere; one that finds nobody dies without a word.
            WriteResult result = default;
            node.Do(() => result = node.Registry!.Cancel(Key, node.Time));
            _ = result;
        }

        Alive = false;
    }

    /// <summary>Is gone without a word.</summary>
    public void Die() => Alive = false;

    private void Beat()
    {
        if (!Alive)
        {
            return;
        }

        if (Reach() is { } node)
        {
            if (Word == 0 || !Renew(node))
            {
                Register(node, Math.Max(1, Word));
            }
        }
        else
        {
            Refused++;
        }

        _cluster.World.In(_lease / 3 * (0.85 + (0.15 * _cluster.World.Random.NextDouble())), Beat);
    }

    private SimNode? Reach()
    {
        if (_at is { IsUp: true, IsPaused: false })
        {
            return _at;
        }

        SimNode[] others = [.. _cluster.Nodes.Where(node => node is { IsUp: true, IsPaused: false })];
        _at = others.Length == 0 ? null : _cluster.World.Pick(others);
        _handle = default;
        return _at;
    }

    private bool Renew(SimNode node)
    {
        bool same = node.Boot == _boot && _handle != default;
        bool renewed = false;
        bool byHandle = _byHandle && same;
        node.Do(() =>
        {
            RegistryService registry = node.Registry!;
            if (byHandle)
            {
                renewed = registry.Renew(_handle, node.Time);
            }
            else
            {
                renewed = registry.Renew(Key, Word, node.Time).Outcome is RenewOutcome.Same or RenewOutcome.Older;
            }

            if (!renewed && same && registry.Find(Key) is null)
            {
                Content known = registry.Replica!.StateOf(Key, node.Time).Content;

                // Where clocks disagree the later date wins, and the owner, told that it is unknown, registers again: that is promised, no
                // more. The node's clock as it was when it took the renewal: it may be right again by now.
                bool dated = (long)(known.Revision.Clock >> 16) > _renewedAtMs + (_cluster.World.Now - _renewedAt).TotalMilliseconds + 100;
                bool excused = known.End == ChangeCause.Cancelled || dated || _cluster.Checks.MayEndUndated(node, this);
                if (_cluster.World.Now - _renewedAt < _lease && !excused)
                {
                    throw new SimFailureException(
                        $"{Service}/{Id} was renewed at node {node.Id} {(_cluster.World.Now - _renewedAt).TotalSeconds:0.00} s ago, "
                            + $"lasts {_lease.TotalSeconds:0} s, and is not there any more: {known}"
                    );
                }
            }
        });
        if (renewed)
        {
            Note(node, byHandle ? _handle : new LeaseHandle(1));
        }

        return renewed;
    }

    private void Register(SimNode node, int word)
    {
        node.Do(() =>
        {
            RegisterResult result = node.Registry!.Register(
                RegistrationBuilder.Of(Service, Id) with
                {
                    Port = 1_000 + word,
                    ClientStamp = word,
                    LeaseDuration = _lease,
                    RenewalInterval = _lease / 3,
                },
                node.Time
            );
            if (result.Error is not null)
            {
                throw new SimFailureException(result.Error.Message);
            }

            Word = word;
            Note(node, result.Handle);
        });
    }

    // Any handle but none says that the last renewal was at this node and boot.
    private void Note(SimNode node, LeaseHandle handle)
    {
        _thereSince = node == _renewedNode && node.Boot == _boot ? _thereSince : _cluster.World.Now;
        (_at, _boot, _handle, _renewedAt) = (node, node.Boot, _byHandle ? handle : new LeaseHandle(1), _cluster.World.Now);
        _renewedNode = node;
        _renewedAtMs = node.Registry!.WallMs(node.Time);
        _cluster.Heartbeats++;
    }
}
