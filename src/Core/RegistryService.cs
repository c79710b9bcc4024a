using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core;

/// <summary>START HERE: register, renew, cancel, status, read full, read delta. Thread-safe.</summary>
public sealed class RegistryService
{
    /// <summary>An empty registry.</summary>
    public RegistryService(RegistryOptions options, TimeProvider time) => throw new NotImplementedException();

    /// <summary>The options in force.</summary>
    public RegistryOptions Options => throw new NotImplementedException();

    /// <summary>Random at start: outside a node a version is (boot epoch, version).</summary>
    public ulong BootEpoch => throw new NotImplementedException();

    /// <summary>Reads the clock. Once per batch: a reading costs as much as a renewal.</summary>
    public MonotonicTime Now => throw new NotImplementedException();

    /// <summary>State of the guard against mass expiry.</summary>
    public GuardState Guard => throw new NotImplementedException();

    /// <summary>Counts since the start.</summary>
    public RegistryCounts Counts => throw new NotImplementedException();

    /// <summary>Milliseconds since 1970 at <paramref name="time"/>, by the wall clock as last read by <see cref="Advance"/>.</summary>
    public long WallMs(MonotonicTime time) => throw new NotImplementedException();

    /// <summary>Registers, or registers again: a direct registration always wins.</summary>
    public RegisterResult Register(Registration registration, MonotonicTime now, WriteSource source = WriteSource.Owner) => throw new NotImplementedException();

    /// <summary>Renews by handle. 0 bytes, no lock. False: unknown, register again.</summary>
    public bool Renew(LeaseHandle handle, MonotonicTime now) => throw new NotImplementedException();

    /// <summary>Renews many; writes the positions of unknown handles into <paramref name="unknown"/> (as long as <paramref name="handles"/>) and returns how many.</summary>
    public int Renew(ReadOnlySpan<LeaseHandle> handles, MonotonicTime now, Span<int> unknown) => throw new NotImplementedException();

    /// <summary>Renews by key, with the caller's stamp if it sent one. 0 bytes, no lock.</summary>
    public RenewResult Renew(InstanceKey key, long? clientStamp, MonotonicTime now) => throw new NotImplementedException();

    /// <summary>Removes an instance and its override at once.</summary>
    public WriteResult Cancel(InstanceKey key, MonotonicTime now, WriteSource source = WriteSource.Owner) => throw new NotImplementedException();

    /// <summary>Sets the operator's override. Does not renew.</summary>
    public WriteResult SetStatus(InstanceKey key, InstanceStatus status, MonotonicTime now, WriteSource source = WriteSource.Operator) => throw new NotImplementedException();

    /// <summary>Clears the override: the own status shows at once. Nothing to clear is no error and no change.</summary>
    public WriteResult ClearStatus(InstanceKey key, MonotonicTime now, WriteSource source = WriteSource.Operator) => throw new NotImplementedException();

    /// <summary>Merges pairs into the metadata: a key that is there is replaced, a new one appended.</summary>
    public WriteResult SetMetadata(InstanceKey key, IReadOnlyList<KeyValuePair<string, string>> pairs, MonotonicTime now, WriteSource source = WriteSource.Operator) => throw new NotImplementedException();

    /// <summary>Moves time: ends leases that are over, judges the guard, publishes. One caller at a time; others wait.</summary>
    public AdvanceResult Advance(MonotonicTime now) => throw new NotImplementedException();

    /// <summary>An operator says the silent instances are really gone: the guard ends and they expire.</summary>
    public void ConfirmLoss(MonotonicTime now) => throw new NotImplementedException();

    /// <summary>The registry as of the last acknowledged write. One reference, no lock, 0 bytes.</summary>
    public RegistrySnapshot ReadSnapshot() => throw new NotImplementedException();

    /// <summary>One instance, live; null if it is not there. No lock.</summary>
    public Instance? Find(InstanceKey key) => throw new NotImplementedException();

    /// <summary>One instance by id alone; if several services have it, that of the lowest service name.</summary>
    public Instance? FindById(ReadOnlySpan<byte> id) => throw new NotImplementedException();

    /// <summary>When the lease of a record was renewed last, milliseconds since 1970; of a removed record, when it was updated.</summary>
    public long LastRenewalMs(Instance instance) => throw new NotImplementedException();

    /// <summary>Every change after a version, each once, or the word that they are not kept any more.</summary>
    public DeltaResult ReadDelta(ulong since) => throw new NotImplementedException();

    /// <summary>Why an instance is, or is not, there. Cost: O(changes kept).</summary>
    public Explanation Explain(InstanceKey key, MonotonicTime now) => throw new NotImplementedException();

    /// <summary>The last registrations, cancellations and expiries.</summary>
    public RegistryHistory History() => throw new NotImplementedException();
}
