using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core;

/// <summary>At whose word something is written: decides whether stamps and overrides in the record count.</summary>
public enum WriteSource : byte
{
    /// <summary>The owner of the instance.</summary>
    Owner,

    /// <summary>Another registry, passing on what it accepted.</summary>
    Peer,

    /// <summary>A person or a tool, acting on somebody else's instance.</summary>
    Operator,

    /// <summary>This registry itself: a lease ended.</summary>
    Registry,
}

/// <summary>Outcome of a registration.</summary>
/// <param name="Error">Null if it was accepted.</param>
/// <param name="Handle">To renew by; a live lease keeps its handle.</param>
/// <param name="Version">The registry's version after it; 0 if refused.</param>
/// <param name="Created">False if it replaced or kept a live record.</param>
public readonly record struct RegisterResult(RegistryError? Error, LeaseHandle Handle, ulong Version, bool Created);

/// <summary>Outcome of a cancel, status or metadata write.</summary>
/// <param name="Error">Null if it was accepted.</param>
/// <param name="Version">The registry's version after it; 0 if refused.</param>
public readonly record struct WriteResult(RegistryError? Error, ulong Version);

/// <summary>What a renewal found.</summary>
public enum RenewOutcome : byte
{
    /// <summary>No such lease: register. The only outcome that renews nothing.</summary>
    Unknown = 0,

    /// <summary>Renewed; the stamp is the one on record, or none was sent.</summary>
    Same = 1,

    /// <summary>Renewed; the caller's stamp is newer than the record: the owner should register again.</summary>
    Newer = 2,

    /// <summary>Renewed; the caller's stamp is older than the record: the caller should take <see cref="RenewResult.Instance"/>.</summary>
    Older = 3,
}

/// <summary>Outcome of a renewal by key.</summary>
/// <param name="Outcome">What was found.</param>
/// <param name="Instance">The record on file; null if unknown.</param>
public readonly record struct RenewResult(RenewOutcome Outcome, Instance? Instance);

/// <summary>What <see cref="RegistryService.Advance"/> did.</summary>
/// <param name="Expired">Leases ended.</param>
/// <param name="Held">Leases past their end that the guard keeps, at this moment.</param>
/// <param name="LatestExpiryLateness">How late, after the promised end, the latest of them went.</param>
/// <param name="SkippedStall">Time not counted against leases because nobody could have renewed: see <see cref="RegistryOptions.StallGap"/>.</param>
public readonly record struct AdvanceResult(int Expired, int Held, TimeSpan LatestExpiryLateness, TimeSpan SkippedStall);

/// <summary>Changes since a version, each once, in order of version.</summary>
/// <param name="Error"><see cref="RegistryErrorCode.TooFarBehind"/>, or null.</param>
/// <param name="Snapshot">The snapshot that these changes lead to.</param>
/// <param name="Changes">Empty if the caller is up to date or there is an error.</param>
public readonly record struct DeltaResult(RegistryError? Error, RegistrySnapshot Snapshot, IReadOnlyList<Change> Changes);
