namespace Rollcall.Core.Replication;

/// <summary>States on their way to a peer in one message, until it is full: by number, or by bytes.</summary>
/// <remarks>
/// A message is thus never larger than <see cref="ClusterOptions.BatchBytesMax"/> and one record. A record has its bound from the limits
/// of a registration, so each can be sent: at the top of all ranges the two are below what a lane takes in (WirePeerLane).
/// </remarks>
internal sealed class StateBatch(ClusterOptions options)
{
    private readonly List<KeyedState> _states = [];
    private int _bytes;

    /// <summary>The states.</summary>
    public IReadOnlyList<KeyedState> States => _states;

    /// <summary>True if nothing more goes in.</summary>
    public bool IsFull => _states.Count >= options.BatchChangesMax || _bytes >= options.BatchBytesMax;

    /// <summary>Adds a state, before it is full.</summary>
    public void Add(KeyedState state)
    {
        _states.Add(state);
        _bytes += state.BytesMax;
    }
}
