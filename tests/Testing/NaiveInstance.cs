using System.Text;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Testing.Support;

/// <summary>Service in upper case, and id: what names an instance. Sorts as snapshots do, by UTF-8 bytes.</summary>
public sealed record NaiveKey(string Service, string Id)
{
    /// <summary>The order of a snapshot.</summary>
    public static Comparer<NaiveKey> Order { get; } = Comparer<NaiveKey>.Create(Compare);

    /// <summary>The key of a name in any case.</summary>
    public static NaiveKey Of(string service, string id) => new(service.ToUpperInvariant(), id);

    /// <summary>Order of the UTF-8 bytes, which is not that of UTF-16 beyond the basic plane.</summary>
    public static int CompareBytes(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    /// <inheritdoc/>
    public override string ToString() => $"{Service}/{Id}";

    private static int Compare(NaiveKey left, NaiveKey right)
    {
        int byService = CompareBytes(left.Service, right.Service);
        return byService != 0 ? byService : CompareBytes(left.Id, right.Id);
    }
}

/// <summary>One instance of the naive registry; replaced on every change.</summary>
public sealed record NaiveInstance(NaiveKey Key, Registration Sent)
{
    public LeaseHandle Handle { get; init; }

    public ulong Version { get; init; }

    public ChangeKind LastChange { get; init; }

    public InstanceStatus? Override { get; init; }

    public long Stamp { get; init; }

    public TimeSpan Duration { get; init; }

    public TimeSpan Interval { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = Sent.Metadata;

    /// <summary>Ruling 9: an operator cannot make an unready instance ready.</summary>
    public InstanceStatus Status =>
        Sent.Status is InstanceStatus.Down or InstanceStatus.Starting or InstanceStatus.Unknown
            ? Sent.Status
            : Override ?? Sent.Status;
}

/// <summary>One change of the naive registry.</summary>
public sealed record NaiveChange(ulong Version, NaiveInstance Record, ChangeKind Kind, ChangeCause Cause, WriteSource Source);
