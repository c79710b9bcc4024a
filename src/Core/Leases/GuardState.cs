using Rollcall.Core.Model;

namespace Rollcall.Core.Leases;

/// <summary>Why the guard is as it is.</summary>
public enum GuardReason : byte
{
    /// <summary>Never engaged since the start.</summary>
    Calm,

    /// <summary>Engaged: more than the threshold of those due failed to renew within the window.</summary>
    ManySilent,

    /// <summary>Ended: renewals came back.</summary>
    RenewalsReturned,

    /// <summary>Ended: an operator confirmed the loss.</summary>
    LossConfirmed,

    /// <summary>Ended: held as long as <see cref="RegistryOptions.GuardHoldMax"/> allows.</summary>
    HeldLongEnough,

    /// <summary>Switched off by <see cref="RegistryOptions.GuardEnabled"/>.</summary>
    Disabled,

    /// <summary>Engaged: every lease is silent and no peer can be reached, so this node is the one that is cut off.</summary>
    CutOff,
}

/// <summary>State of the guard against mass expiry ("self-preservation"), with its reason.</summary>
/// <param name="Engaged">While true no lease expires.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when.</param>
/// <param name="EndsAtLatest">When it ends by itself, unless the process stalls meanwhile; null while not engaged.</param>
/// <param name="Silent">Leases that missed their renewal, condemned ones not counted.</param>
/// <param name="Due">Leases that silence is measured against.</param>
/// <param name="Held">Leases past their end that are kept.</param>
/// <param name="Summary">One sentence for people.</param>
public sealed record GuardState(
    bool Engaged,
    GuardReason Reason,
    MonotonicTime Since,
    MonotonicTime? EndsAtLatest,
    int Silent,
    int Due,
    int Held,
    string Summary
);
