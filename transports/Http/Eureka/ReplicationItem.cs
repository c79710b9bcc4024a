using Rollcall.Core.Model;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>What a peer did to one instance; the names are those of the wire.</summary>
public enum ReplicationAction
{
    /// <summary>Renewed it.</summary>
    Heartbeat,

    /// <summary>Registered it.</summary>
    Register,

    /// <summary>Cancelled it.</summary>
    Cancel,

    /// <summary>Set an override.</summary>
    StatusUpdate,

    /// <summary>Cleared the override.</summary>
    DeleteStatusOverride,
}

/// <summary>One item of a peer's batch.</summary>
/// <param name="AppName">Service in any case; empty only with a <paramref name="Problem"/>.</param>
/// <param name="Id">Instance id; empty only with a <paramref name="Problem"/>.</param>
/// <param name="Action">What the peer did.</param>
/// <param name="LastDirtyTimestamp">The client stamp of the peer's record, if it sent one.</param>
/// <param name="Status">As sent, not yet parsed: its meaning depends on the action.</param>
/// <param name="OverriddenStatus">As sent, not yet parsed.</param>
/// <param name="Instance">Of a <see cref="ReplicationAction.Register"/> without <paramref name="Problem"/>: the record.</param>
/// <param name="Problem">Why this item alone cannot be done, in one sentence; null if it can.</param>
public sealed record ReplicationItem(
    string AppName,
    string Id,
    ReplicationAction Action,
    long? LastDirtyTimestamp,
    string? Status,
    string? OverriddenStatus,
    Registration? Instance,
    string? Problem
);
