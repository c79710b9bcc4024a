namespace Rollcall.Core.Replication;

/// <summary>Leases that were renewed at the word of a Java server: its other peers have heard it from the same server, not from here.</summary>
/// <remarks>
/// <para>Owner: <see cref="Replica"/>; any thread adds, <see cref="JavaMesh"/> takes. Until somebody takes, nothing is kept.</para>
/// <para>Shape: numbers of two intervals, since a renewal is told twice if it falls on the tick between two.</para>
/// </remarks>
internal sealed class JavaEcho
{
    private readonly Lock _gate = new();
    private HashSet<uint> _before = [];
    private HashSet<uint>? _now; // null: nobody asks

    /// <summary>A lease was renewed, or registered, by a Java server.</summary>
    public void Add(uint number)
    {
        lock (_gate)
        {
            _now?.Add(number);
        }
    }

    /// <summary>Those of this interval and the one before; the next interval begins.</summary>
    public IReadOnlySet<uint> Turn()
    {
        lock (_gate)
        {
            HashSet<uint> both = _before;
            _before = _now ?? [];
            _now = [];
            both.UnionWith(_before);
            return both;
        }
    }
}
