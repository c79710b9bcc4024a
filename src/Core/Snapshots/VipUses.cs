using System.Runtime.InteropServices;

namespace Rollcall.Core.Snapshots;

/// <summary>How many instances of a service use a virtual address. Decides when the pair enters a snapshot's index and leaves it.</summary>
/// <remarks>
/// Owner: <see cref="SnapshotPublisher"/>, under its lock. Readers never need the numbers; kept out of the snapshots, they cost a
/// registration no copy of an index.
/// </remarks>
internal sealed class VipUses
{
    private readonly Dictionary<(string Vip, bool Secure, string Service), int> _counts = [];

    /// <summary>Counts one more; true if it is the first.</summary>
    public bool Add(string vip, bool secure, string service) =>
        ++CollectionsMarshal.GetValueRefOrAddDefault(_counts, (vip, secure, service), out _) == 1;

    /// <summary>Counts one less, which was counted; true if it was the last.</summary>
    public bool Remove(string vip, bool secure, string service)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, (vip, secure, service));
        return --count == 0 && _counts.Remove((vip, secure, service));
    }
}
