using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;

namespace Rollcall.Client.Registering;

/// <summary>What can happen to a registration: facts, taken in by <see cref="RegistrationMachine.Step"/>.</summary>
internal abstract record RegistrationEvent
{
    private RegistrationEvent() { }

    /// <summary>Nothing but time.</summary>
    public sealed record TimePassed : RegistrationEvent;

    /// <summary>The application has started: it can serve, if it is healthy.</summary>
    public sealed record HostStarted : RegistrationEvent;

    /// <summary>What the health checks say.</summary>
    public sealed record HealthSeen(bool Healthy) : RegistrationEvent;

    /// <summary>The application takes itself out, or (null) leaves its status to start and health.</summary>
    public sealed record StatusSet(InstanceStatus? Status) : RegistrationEvent;

    /// <summary>The application wants another record: metadata, weight, address. Service and id stay.</summary>
    public sealed record RecordSet(Registration Record) : RegistrationEvent;

    /// <summary>Calls now go to another server, or to the same one anew: what it knows has to be found out.</summary>
    public sealed record LinkChanged : RegistrationEvent;

    /// <summary>The application stops.</summary>
    public sealed record StopAsked : RegistrationEvent;

    /// <summary>The registration was accepted.</summary>
    /// <param name="Handle">To renew by.</param>
    /// <param name="Version">The registry's version with it.</param>
    /// <param name="Link">The link that the handle and the version belong to.</param>
    public sealed record Registered(LeaseHandle Handle, ulong Version, int Link) : RegistrationEvent;

    /// <summary>The registration was refused; nothing has changed there.</summary>
    public sealed record Refused(RegistryError Error) : RegistrationEvent;

    /// <summary>The lease was renewed.</summary>
    public sealed record Renewed : RegistrationEvent;

    /// <summary>The registry does not know the instance, or only an older record of it.</summary>
    public sealed record Forgotten : RegistrationEvent;

    /// <summary>The lease as the registry keeps it.</summary>
    public sealed record PaceRead(TimeSpan Lease, TimeSpan Interval) : RegistrationEvent;

    /// <summary>What all subscribers have seen.</summary>
    public sealed record Acknowledged(ulong Version, int Link) : RegistrationEvent;

    /// <summary>The call under way failed: it may or may not have been carried out.</summary>
    public sealed record CallFailed : RegistrationEvent;

    /// <summary>The cancellation was answered, whatever the answer.</summary>
    public sealed record Cancelled : RegistrationEvent;
}
