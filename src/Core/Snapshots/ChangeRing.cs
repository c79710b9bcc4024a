namespace Rollcall.Core.Snapshots;

/// <summary>The latest changes, by version, for readers that ask what changed.</summary>
/// <remarks>
/// <para>Owner: <see cref="SnapshotPublisher"/> appends, in order of version, without gaps; anyone reads without a lock.</para>
/// <para>Shape: version modulo capacity is the place. A new change overwrites the oldest.</para>
/// <para>
/// Publication: a stamp beside each entry is cleared before the entry is written and set to its version after. A reader that sees
/// the same stamp before and after copying has a whole entry of that version; else it came too late.
/// </para>
/// </remarks>
internal sealed class ChangeRing(int capacity)
{
    private readonly Change[] _entries = new Change[capacity];
    private readonly ulong[] _stamps = new ulong[capacity];

    public void Append(in Change change)
    {
        int at = (int)(change.Version & (ulong)(_entries.Length - 1));
        Volatile.Write(ref _stamps[at], 0);
        Volatile.WriteBarrier();
        _entries[at] = change;
        Volatile.Write(ref _stamps[at], change.Version);
    }

    /// <summary>The change that made <paramref name="version"/>; false if it is not kept any more, or not yet there.</summary>
    public bool TryRead(ulong version, out Change change)
    {
        int at = (int)(version & (ulong)(_entries.Length - 1));
        bool there = version != 0 && Volatile.Read(ref _stamps[at]) == version;
        change = there ? _entries[at] : default;
        Volatile.ReadBarrier();
        return there && Volatile.Read(ref _stamps[at]) == version;
    }
}
