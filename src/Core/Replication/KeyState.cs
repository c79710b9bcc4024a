using System.Runtime.InteropServices;
using System.Text;
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
    // 25 numbers, of which a few have 10 bytes, and for each of 10 texts how much of it is that of another.
    private const int FixedBytesMax = 256;

    /// <summary>The key, over the memory of this object.</summary>
    public InstanceKey Key => new(Service.Utf8, IdUtf8.Span);

    /// <summary>Why there is no instance of this name in any registry with these limits; null: there may be.</summary>
    public RegistryError? CheckKey(RegistryOptions limits) =>
        RegistrationRule.Key($"Cannot take in {Key.ToString()}", Service.Text, Encoding.UTF8.GetString(IdUtf8.Span), limits);

    /// <summary>No encoding of it takes more bytes. Cost: unpacks the text of a record.</summary>
    public int BytesMax => FixedBytesMax + Service.Utf8.Length + IdUtf8.Length + (State.Content.Record?.Text.Length ?? 0);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Key.ToString()} {(State.Content.Record is null ? State.Content.End : "live")} at {State.Content.Revision}";
}
