using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;

namespace Rollcall.Core.Seams;

/// <summary>The registry's operations as calls to a node, over one connection of some protocol.</summary>
/// <remarks>
/// <para>
/// The caller guarantees: memory given to a call stays as it is until the call ends; one enumerator of a watch is used by one caller;
/// names are not empty. Calls may come from any thread, many at once.
/// </para>
/// <para>
/// The implementer: answers each call as <see cref="RegistryService"/> does, refusals as values with the same words
/// (<see cref="RegistryError"/>), everything else as <see cref="LinkException"/>, always from the task and never from the call itself. A
/// call sees what those did that had ended before it began; those under way together are carried out in any order. A link that is
/// broken stays broken: every call and watch under way ends with <see cref="LinkFailure.Closed"/>, later ones at once, and the caller
/// dials again. A call that ends by its token may or may not have been carried out; the link lives on.
/// </para>
/// <para>
/// Text travels as UTF-8: half of a surrogate pair, which the registry refuses, arrives as U+FFFD where there is a wire between.
/// </para>
/// <para>Buffers: what a call returns belongs to the caller.</para>
/// </remarks>
public interface IRegistryLink : IAsyncDisposable
{
    /// <summary>Where to, for people: <c>tcp://127.0.0.1:8762</c>. Without credentials.</summary>
    string Address { get; }

    /// <summary>Ends (never fails) when the link is broken or disposed of, with the reason.</summary>
    Task<LinkException> Closed { get; }

    /// <summary>Registers; see <see cref="RegistryService.Register"/>.</summary>
    ValueTask<RegisterResult> RegisterAsync(Registration registration, CancellationToken cancellation = default);

    /// <summary>Renews by handle. False: unknown; register again.</summary>
    ValueTask<bool> RenewAsync(LeaseHandle handle, CancellationToken cancellation = default);

    /// <summary>Renews many by handle in one call.</summary>
    /// <param name="handles">The handles; more than fit a frame go in several.</param>
    /// <param name="unknown">Receives the positions of those that are unknown; as long as <paramref name="handles"/>.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>How many are unknown.</returns>
    ValueTask<int> RenewAsync(ReadOnlyMemory<LeaseHandle> handles, Memory<int> unknown, CancellationToken cancellation = default);

    /// <summary>Renews by key.</summary>
    ValueTask<RenewOutcome> RenewAsync(string service, string id, long? clientStamp = null, CancellationToken cancellation = default);

    /// <summary>Removes an instance.</summary>
    ValueTask<WriteResult> CancelAsync(string service, string id, CancellationToken cancellation = default);

    /// <summary>Sets the operator's override.</summary>
    ValueTask<WriteResult> SetStatusAsync(string service, string id, InstanceStatus status, CancellationToken cancellation = default);

    /// <summary>Clears the operator's override.</summary>
    ValueTask<WriteResult> ClearStatusAsync(string service, string id, CancellationToken cancellation = default);

    /// <summary>Merges pairs into the metadata.</summary>
    ValueTask<WriteResult> SetMetadataAsync(
        string service,
        string id,
        IReadOnlyList<KeyValuePair<string, string>> pairs,
        CancellationToken cancellation = default
    );

    /// <summary>One instance; null if it is not there.</summary>
    ValueTask<Instance?> FindAsync(string service, string id, CancellationToken cancellation = default);

    /// <summary>All that <paramref name="filter"/> selects, as a <see cref="UpdateKind.Snapshot"/>.</summary>
    ValueTask<RegistryUpdate> ReadAsync(InstanceFilter filter, CancellationToken cancellation = default);

    /// <summary>Every change after a version, each once; <see cref="RegistryErrorCode.TooFarBehind"/> if they are not kept any more.</summary>
    ValueTask<DeltaRead> ReadDeltaAsync(RegistryVersion since, CancellationToken cancellation = default);

    /// <summary>Follows the registry: first what is missing since <paramref name="since"/>, then each change as it happens.</summary>
    /// <remarks>
    /// <para>
    /// <see cref="RegistryVersion.None"/>, a version of another boot, and one that is too old get a snapshot first. The same may come
    /// later if the subscriber reads too slowly. A filter that selects nothing yet is no error.
    /// </para>
    /// <para>
    /// What the filter does not select is not told; but before the version last told is too old to resume from, a
    /// <see cref="UpdateKind.Progress"/> comes. To who follows by address an instance that leaves it is told as removed, also if it was
    /// never there.
    /// </para>
    /// <para>
    /// Asking for the next update says that the one before is applied: the node counts it as acknowledged, within a tenth of a second.
    /// Giving up the enumerator ends the watch.
    /// </para>
    /// <para>Ends only by the token or with <see cref="LinkException"/>.</para>
    /// </remarks>
    IAsyncEnumerable<RegistryUpdate> WatchAsync(InstanceFilter filter, RegistryVersion since, CancellationToken cancellation = default);

    /// <summary>What all subscribers to a service have seen.</summary>
    ValueTask<AcknowledgedVersion> ReadAcknowledgedAsync(string service, CancellationToken cancellation = default);

    /// <summary>A round trip.</summary>
    ValueTask PingAsync(CancellationToken cancellation = default);
}

/// <summary>Outcome of a read of changes.</summary>
/// <param name="Error">Null, or why there are none.</param>
/// <param name="Update">Changes, or only a version; null if there is an error.</param>
public readonly record struct DeltaRead(RegistryError? Error, RegistryUpdate? Update);

/// <summary>What all subscribers to a service have seen.</summary>
/// <param name="Version">The oldest version that one of them acknowledged last; the node's version if there is none.</param>
/// <param name="Subscribers">How many there are, those to everything and to its virtual addresses counted.</param>
public readonly record struct AcknowledgedVersion(RegistryVersion Version, int Subscribers);

/// <summary>Why a link could not do what it was asked.</summary>
public enum LinkFailure : byte
{
    /// <summary>Nobody answers there, or not as a registry does.</summary>
    Unreachable = 1,

    /// <summary>The connection is gone.</summary>
    Closed = 2,

    /// <summary>The credentials are missing or wrong.</summary>
    NotAuthenticated = 3,

    /// <summary>The credentials are good, but not for this.</summary>
    NotAllowed = 4,

    /// <summary>The node does not know the operation, or one of the two broke the protocol.</summary>
    Protocol = 5,

    /// <summary>The request is over a limit of the node.</summary>
    LimitExceeded = 6,

    /// <summary>The node cannot serve it now: it stops, has too much to do, or has just started and does not know the whole yet.</summary>
    Unavailable = 7,

    /// <summary>What is on the other side has no such operation, and never will: its protocol is another's.</summary>
    NotSupported = 8,
}

/// <summary>A link could not do what it was asked: one line for people, without secrets.</summary>
public sealed class LinkException(LinkFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>For programs.</summary>
    public LinkFailure Failure { get; } = failure;
}
