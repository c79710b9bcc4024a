namespace Rollcall.Core.Model;

/// <summary>What an instance, or an operator on its behalf, says about taking traffic.</summary>
/// <remarks>The numeric values are stable: they index <see cref="Snapshots.StatusCounts"/> and travel in native frames.</remarks>
public enum InstanceStatus : byte
{
    /// <summary>Takes traffic.</summary>
    Up = 0,

    /// <summary>Does not take traffic: its own health check says so.</summary>
    Down = 1,

    /// <summary>Not ready yet.</summary>
    Starting = 2,

    /// <summary>Taken out on purpose.</summary>
    OutOfService = 3,

    /// <summary>Not known to its owner.</summary>
    Unknown = 4,
}

/// <summary>How own status and operator override make the status that readers see.</summary>
public static class StatusRule
{
    /// <summary>
    /// Own status, if it is Down, Starting or Unknown (an operator cannot make an unready instance ready);
    /// else the override, if there is one; else the own status.
    /// </summary>
    public static InstanceStatus Effective(InstanceStatus own, StatusOverride? overriding) =>
        own is InstanceStatus.Up or InstanceStatus.OutOfService && overriding is not null ? overriding.Status : own;
}
