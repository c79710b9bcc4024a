namespace Rollcall.Core.Snapshots;

/// <summary>The last changes of one cause. Appended by <see cref="SnapshotPublisher"/>; read by anyone, under its own lock.</summary>
internal sealed class HistoryRing(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Change[] _entries = new Change[capacity];
    private long _appended;

    public void Append(in Change change)
    {
        lock (_gate)
        {
            _entries[_appended++ % _entries.Length] = change;
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Change> Read()
    {
        lock (_gate)
        {
            var changes = new Change[Math.Min(_appended, _entries.Length)];
            for (int i = 0; i < changes.Length; i++)
            {
                changes[i] = _entries[(_appended - 1 - i) % _entries.Length];
            }

            return changes;
        }
    }
}
