using Rollcall.Core.Leases;
using Rollcall.Core.Model;

namespace Rollcall.Client.Registering;

/// <summary>What is to be sent, or done about what is under way.</summary>
internal enum RegistrationVerb
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Send <see cref="RegistrationStep.Record"/>.</summary>
    Register,

    /// <summary>Renew: by handle on the link that gave it, else by key.</summary>
    Renew,

    /// <summary>Read one's own record, for the durations that the registry keeps.</summary>
    ReadPace,

    /// <summary>Read what all subscribers have seen.</summary>
    ReadAcknowledged,

    /// <summary>Send the cancellation: the last call of all.</summary>
    Cancel,

    /// <summary>Give up the call under way, and say <see cref="RegistrationEvent.CallFailed"/>.</summary>
    Abandon,

    /// <summary>All is over; nothing may be sent any more.</summary>
    End,
}

/// <summary>The outcome of one step.</summary>
/// <param name="State">What is known now.</param>
/// <param name="Verb">What to do. At most one call is under way at a time.</param>
/// <param name="Record">Of <see cref="RegistrationVerb.Register"/>: what to send; else null.</param>
/// <param name="WakeAt">When to step again if nothing happens before; <see cref="Never"/>: only at an event.</param>
internal readonly record struct RegistrationStep(
    RegistrationState State,
    RegistrationVerb Verb,
    Registration? Record,
    MonotonicTime WakeAt
)
{
    /// <summary>No time to wake at.</summary>
    public static readonly MonotonicTime Never = new(long.MaxValue);
}

/// <summary>The right to renew, as one link gave it.</summary>
/// <param name="Handle">None: renew by key.</param>
/// <param name="Link">The link that it is good on.</param>
internal readonly record struct HeldHandle(LeaseHandle Handle, int Link);
