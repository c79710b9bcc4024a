using System.Runtime.InteropServices;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Replication;

/// <summary>What is said of an instance: a live record, or that it has ended. The newer revision wins.</summary>
/// <param name="Revision">Place in the cluster's total order; zero: nothing is known.</param>
/// <param name="Record">The record; null if it has ended, or nothing is known. Its override is that of <see cref="KeyState"/>.</param>
/// <param name="End">Of one that has ended: <see cref="ChangeCause.Cancelled"/>, <see cref="ChangeCause.Expired"/> or
/// <see cref="ChangeCause.ExpiredAfterGuard"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Content(Revision Revision, Instance? Record, ChangeCause End)
{
    /// <summary>True if nobody renewed it: the owner did not say so, and may know better.</summary>
    public bool Expired => Record is null && End is ChangeCause.Expired or ChangeCause.ExpiredAfterGuard;
}

/// <summary>
/// All that a node knows of one key: three registers, each with a total order of its own. <see cref="MergeRule"/> takes the newer of
/// each.
/// </summary>
/// <param name="Content">What its owner said last, or its end.</param>
/// <param name="Override">The operator's word, a cleared one included; null: never set.</param>
/// <param name="Home">Where the owner renewed last; zero: not known.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KeyState(Content Content, StatusOverride? Override, Home Home);

/// <summary>The state of one key as it travels between nodes. Immutable.</summary>
/// <param name="Service">Canonical service name.</param>
/// <param name="IdUtf8">Id as UTF-8; never written again.</param>
/// <param name="State">The state.</param>
public sealed record KeyedState(ServiceName Service, ReadOnlyMemory<byte> IdUtf8, KeyState State)
{
    /// <summary>The key, over the memory of this object.</summary>
    public InstanceKey Key => new(Service.Utf8, IdUtf8.Span);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Key.ToString()} {(State.Content.Record is null ? State.Content.End : "live")} at {State.Content.Revision}";
}
