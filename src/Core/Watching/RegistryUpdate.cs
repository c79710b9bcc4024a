using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Watching;

/// <summary>What an update does to a copy of the registry.</summary>
public enum UpdateKind : byte
{
    /// <summary>Replaces the whole copy: a full read, or the answer to a version that is too old or of another boot.</summary>
    Snapshot,

    /// <summary>Changes to apply, in order of version, each once.</summary>
    Changes,

    /// <summary>Nothing that the filter selects has changed: only the version moved.</summary>
    Progress,
}

/// <summary>One step of a copy of the registry: what a read gives once and a watch again and again.</summary>
/// <remarks>Applied by <see cref="RegistryMirror"/>.</remarks>
/// <param name="Kind">What it does.</param>
/// <param name="Version">The version that the copy has after it.</param>
/// <param name="Instances">Of a snapshot: all that the filter selects, each with its <see cref="Instance.Number"/>; else empty.</param>
/// <param name="Changes">Of changes: in order of version; else empty.</param>
public sealed record RegistryUpdate(
    UpdateKind Kind,
    RegistryVersion Version,
    IReadOnlyList<Instance> Instances,
    IReadOnlyList<InstanceChange> Changes
)
{
    /// <summary>A snapshot.</summary>
    public static RegistryUpdate Snapshot(RegistryVersion version, IReadOnlyList<Instance> instances) =>
        new(UpdateKind.Snapshot, version, instances, []);

    /// <summary>Changes.</summary>
    public static RegistryUpdate Changed(RegistryVersion version, IReadOnlyList<InstanceChange> changes) =>
        new(UpdateKind.Changes, version, [], changes);

    /// <summary>Only a new version.</summary>
    public static RegistryUpdate Progress(RegistryVersion version) => new(UpdateKind.Progress, version, [], []);
}

/// <summary>A change as it leaves the node: by number, with as much of the record as the change needs.</summary>
/// <remarks>
/// A status that flips carries the status alone; a removal the number alone. A removal of a number that the receiver does not hold
/// is no error: an instance that leaves a filter is removed from it, whether or not it was in it.
/// </remarks>
/// <param name="Version">Every change has its own.</param>
/// <param name="Number">Which instance: <see cref="Instance.Number"/>.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Cause">Why.</param>
/// <param name="Source">At whose word.</param>
/// <param name="AtMs">When, milliseconds since 1970.</param>
/// <param name="Revision">The record's after the change; of a removal, the tombstone's.</param>
/// <param name="Record">The whole record, if <see cref="Change.NeedsRecord"/> says so; else null.</param>
/// <param name="OwnStatus">Own status after the change; without meaning of a removal.</param>
/// <param name="Override">Override after the change; without meaning of a removal.</param>
public readonly record struct InstanceChange(
    ulong Version,
    uint Number,
    ChangeKind Kind,
    ChangeCause Cause,
    WriteSource Source,
    long AtMs,
    Revision Revision,
    Instance? Record,
    InstanceStatus OwnStatus,
    StatusOverride? Override
)
{
    /// <summary>What goes out of a change.</summary>
    public static InstanceChange Of(in Change change) =>
        new(
            change.Version,
            change.Record.Number,
            change.Kind,
            change.Cause,
            change.Source,
            change.AtMs,
            change.Revision,
            change.NeedsRecord ? change.Record : null,
            change.Record.OwnStatus,
            change.Record.Override
        );

    /// <summary>What goes out to those whose filter does not select the instance any more: a removal.</summary>
    public static InstanceChange LeftBy(in Change change) => Of(change) with { Kind = ChangeKind.Removed, Record = null };
}
