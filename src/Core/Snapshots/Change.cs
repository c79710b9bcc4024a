using System.Runtime.InteropServices;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;

namespace Rollcall.Core.Snapshots;

/// <summary>What a change did to the record.</summary>
public enum ChangeKind : byte
{
    /// <summary>Registered, for the first time or again.</summary>
    Added,

    /// <summary>Status, override or metadata changed.</summary>
    Modified,

    /// <summary>Gone.</summary>
    Removed,
}

/// <summary>Why a change happened.</summary>
public enum ChangeCause : byte
{
    /// <summary>The owner, or a peer, registered it.</summary>
    Registered,

    /// <summary>The owner, or a peer, or an operator, cancelled it.</summary>
    Cancelled,

    /// <summary>Its lease ended without a renewal.</summary>
    Expired,

    /// <summary>Its lease ended, was held by the guard, and the loss was then accepted.</summary>
    ExpiredAfterGuard,

    /// <summary>An override was set.</summary>
    StatusSet,

    /// <summary>An override was cleared.</summary>
    StatusCleared,

    /// <summary>Metadata was merged.</summary>
    MetadataSet,

    /// <summary>Another node ended the lease without having seen its renewals: the record goes on at a newer revision.</summary>
    Reissued,

    /// <summary>A former run of this node wrote it to its file; nobody has renewed it since the start.</summary>
    Restored,
}

/// <summary>One entry of the ring of changes. Carries the immutable record, never a key to be read again.</summary>
/// <param name="Version">Every change has its own; they are dense.</param>
/// <param name="Record">The record after the change; of a removal, the last one.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Cause">Why.</param>
/// <param name="Source">At whose word.</param>
/// <param name="At">When, on the registry's own clock: ages are counted on it.</param>
/// <param name="AtMs">When, milliseconds since 1970, for people.</param>
/// <param name="Revision">Of what changed: the record's, the override's, or, of a removal, that of the end.</param>
/// <param name="AddressesDiffer">
/// True if a live record was replaced by one with other virtual addresses: whoever selects by them may have to let go of it.
/// </param>
/// <param name="Via">The link to a peer that it came by, and need not go back by; 0: it was made here.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Change(
    ulong Version,
    Instance Record,
    ChangeKind Kind,
    ChangeCause Cause,
    WriteSource Source,
    MonotonicTime At,
    long AtMs,
    Revision Revision,
    bool AddressesDiffer = false,
    ushort Via = 0
)
{
    /// <summary>
    /// True if who holds the record before needs the whole record after it; else <see cref="InstanceChange"/> tells the rest: what
    /// a status, an override or a removal changed.
    /// </summary>
    public bool NeedsRecord => Cause is ChangeCause.Registered or ChangeCause.MetadataSet or ChangeCause.Reissued or ChangeCause.Restored;
}
