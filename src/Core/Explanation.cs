using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core;

/// <summary>Why an instance is, or is not, there.</summary>
/// <param name="Instance">The record on file; null if it is not there.</param>
/// <param name="LastRenewalMs">Milliseconds since 1970; 0 if not there.</param>
/// <param name="LeaseEndsMs">When it ends unless renewed, milliseconds since 1970; 0 if not there.</param>
/// <param name="HeldByGuard">True if the lease is over and only the guard keeps it.</param>
/// <param name="Provisional">True if it is from the file of a former run, and nobody has renewed it since the start.</param>
/// <param name="Home">The node that its owner renews at; null: this one.</param>
/// <param name="Events">What is still known of it, oldest first.</param>
/// <param name="KnownSinceMs">Events before this moment are forgotten.</param>
/// <param name="Summary">The answer in one or two sentences.</param>
public sealed record Explanation(
    Instance? Instance,
    long LastRenewalMs,
    long LeaseEndsMs,
    bool HeldByGuard,
    bool Provisional,
    uint? Home,
    IReadOnlyList<Change> Events,
    long KnownSinceMs,
    string Summary
);

/// <summary>The last registrations, cancellations and expiries, newest first.</summary>
/// <param name="Registered">Registrations.</param>
/// <param name="Cancelled">Cancellations.</param>
/// <param name="Expired">Expiries.</param>
public sealed record RegistryHistory(
    IReadOnlyList<Change> Registered,
    IReadOnlyList<Change> Cancelled,
    IReadOnlyList<Change> Expired
);

/// <summary>Counts since the start, for metrics.</summary>
/// <param name="Registrations">Accepted.</param>
/// <param name="Renewals">Accepted.</param>
/// <param name="RenewalsRefused">Of unknown instances or handles.</param>
/// <param name="Cancellations">Accepted.</param>
/// <param name="Expiries">Leases ended.</param>
/// <param name="StatusWrites">Overrides set or cleared.</param>
/// <param name="MetadataWrites">Accepted.</param>
public readonly record struct RegistryCounts(
    long Registrations,
    long Renewals,
    long RenewalsRefused,
    long Cancellations,
    long Expiries,
    long StatusWrites,
    long MetadataWrites
);
