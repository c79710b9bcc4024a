namespace Rollcall.Testing.Support.Clients;

/// <summary>A lease as a client reads it.</summary>
/// <param name="RenewalSeconds">renewalIntervalInSecs.</param>
/// <param name="DurationSeconds">durationInSecs.</param>
/// <param name="RegisteredMs">registrationTimestamp.</param>
/// <param name="RenewedMs">lastRenewalTimestamp.</param>
/// <param name="EvictedMs">evictionTimestamp.</param>
/// <param name="UpMs">serviceUpTimestamp.</param>
public sealed record ClientLease(
    int RenewalSeconds, int DurationSeconds, long RegisteredMs, long RenewedMs, long EvictedMs, long UpMs);
