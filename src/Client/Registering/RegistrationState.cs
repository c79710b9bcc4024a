using Rollcall.Core;
using Rollcall.Core.Model;

namespace Rollcall.Client.Registering;

/// <summary>All that is known of one registration, between two steps. Immutable; equal by content.</summary>
/// <remarks>
/// <para>I1: at most one call is under way (<see cref="UnderWay"/>).</para>
/// <para>I2: <see cref="CancelSent"/> is never taken back, and nothing is sent once it is set.</para>
/// <para>I3: what the registry was told is what the application wants if <see cref="ToldStamp"/> is <see cref="Stamp"/>.</para>
/// </remarks>
internal sealed record RegistrationState
{
    /// <summary>The record that the application wants, but for status and stamp.</summary>
    public required Registration Wanted { get; init; }

    /// <summary>Raised with each change of what is wanted; travels as <see cref="Registration.ClientStamp"/>.</summary>
    public required long Stamp { get; init; }

    /// <summary>The application has started.</summary>
    public bool Started { get; init; }

    /// <summary>What the health checks said last; null: nothing yet.</summary>
    public bool? Healthy { get; init; }

    /// <summary>The application's own word, instead of <see cref="InstanceStatus.Up"/>.</summary>
    public InstanceStatus? Forced { get; init; }

    /// <summary>The stamp that the registry has accepted; 0: none, or it has forgotten.</summary>
    public long ToldStamp { get; init; }

    /// <summary>The status that the registry has accepted; without meaning if <see cref="ToldStamp"/> is 0.</summary>
    public InstanceStatus Told { get; init; }

    /// <summary>True once a registration has been sent: the registry may hold the instance.</summary>
    public bool MayBeThere { get; init; }

    /// <summary>By which to renew.</summary>
    public HeldHandle Handle { get; init; }

    /// <summary>How often the registry wants to hear; null: not known yet.</summary>
    public TimeSpan? Pace { get; init; }

    /// <summary>The call under way; <see cref="RegistrationVerb.None"/>: none.</summary>
    public RegistrationVerb UnderWay { get; init; }

    /// <summary>Of a registration under way: its stamp and its status.</summary>
    public (long Stamp, InstanceStatus Status) Sent { get; init; }

    /// <summary>The call under way is being given up.</summary>
    public bool Abandoned { get; init; }

    /// <summary>When to renew next.</summary>
    public MonotonicTime BeatAt { get; init; }

    /// <summary>After a failure: not before this.</summary>
    public MonotonicTime NotBefore { get; init; }

    /// <summary>Failed calls in a row.</summary>
    public int Failures { get; init; }

    /// <summary>When the changes sent so far would have been due, had they come at the permitted rate: a bucket of tokens as one moment.</summary>
    public MonotonicTime ChangesPaidUntil { get; init; }

    /// <summary>Why the registry refused the record, until it accepts one; null: it has not.</summary>
    public RegistryError? Refusal { get; init; }

    /// <summary>When the application was told to stop; null: it runs.</summary>
    public MonotonicTime? StopAskedAt { get; init; }

    /// <summary>The version, and its link, at which the registry took the instance out of service; null: not yet.</summary>
    public (ulong Version, int Link)? OutSince { get; init; }

    /// <summary>All subscribers have seen that version.</summary>
    public bool SeenByAll { get; init; }

    /// <summary>The cancellation has been sent.</summary>
    public bool CancelSent { get; init; }

    /// <summary>All is over.</summary>
    public bool Ended { get; init; }

    /// <summary>True from <see cref="RegistrationEvent.StopAsked"/> on.</summary>
    public bool Stopping => StopAskedAt is not null;

    /// <summary>The status that the application means by all this.</summary>
    public InstanceStatus Status =>
        Stopping ? InstanceStatus.OutOfService
        : !Started || Healthy is null ? InstanceStatus.Starting
        : Healthy is false ? InstanceStatus.Down
        : Forced ?? InstanceStatus.Up;

    /// <summary>What a registration sent now says.</summary>
    public Registration Record => Wanted with { Status = Status, ClientStamp = Stamp };
}
