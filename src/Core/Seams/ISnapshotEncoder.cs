using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Seams;

/// <summary>Writes snapshots as bytes of one format. Core knows when bytes are stale; the encoder knows how to write.</summary>
/// <remarks>
/// <para>
/// The caller guarantees: one document is head, then services, then tail. Within services: <see cref="OpenService"/>, one or more
/// instances with <see cref="WriteInstanceSeparator"/> between, <see cref="CloseService"/>; <see cref="WriteServiceSeparator"/>
/// between services. Pieces are encoded apart, cached, and joined in that order, so one call must not depend on the one before.
/// Calls come from any thread, several at once.
/// </para>
/// <para>The implementer: is a struct without state that changes; writes all or throws (its own bug).</para>
/// <para>Buffers: the writer belongs to the caller; spans of the instance are valid during the call.</para>
/// </remarks>
public interface ISnapshotEncoder
{
    /// <summary>What stands before the first service.</summary>
    void WriteHead(IBufferWriter<byte> output, in DocumentHead head);

    /// <summary>What stands behind the last service.</summary>
    void WriteTail(IBufferWriter<byte> output, in DocumentHead head);

    /// <summary>Opens a service.</summary>
    void OpenService(IBufferWriter<byte> output, ServiceName service);

    /// <summary>Closes a service.</summary>
    void CloseService(IBufferWriter<byte> output);

    /// <summary>Stands between two services.</summary>
    void WriteServiceSeparator(IBufferWriter<byte> output);

    /// <summary>Stands between two instances of a service.</summary>
    void WriteInstanceSeparator(IBufferWriter<byte> output);

    /// <summary>Writes one instance.</summary>
    void WriteInstance(IBufferWriter<byte> output, in InstanceView view);
}

/// <summary>What kind of document is written.</summary>
public enum DocumentKind : byte
{
    /// <summary>All services.</summary>
    Full,

    /// <summary>Latest record of each instance changed within the retention.</summary>
    Delta,

    /// <summary>One service, as the root.</summary>
    Service,

    /// <summary>All services, only instances with one virtual address.</summary>
    Vip,
}

/// <summary>What a document says about itself.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Version">Version of the registry it is a view of.</param>
/// <param name="Counts">Of the whole registry in <see cref="DocumentKind.Full"/> and <see cref="DocumentKind.Delta"/>, else of the instances in the document.</param>
/// <param name="Sequence">Of a delta: how many delta documents this cache has made, this one counted; else 0.</param>
public readonly record struct DocumentHead(DocumentKind Kind, ulong Version, StatusCounts Counts, long Sequence);

/// <summary>An instance as it goes into a document.</summary>
/// <param name="Instance">The record.</param>
/// <param name="Kind">Of a delta: the change's kind; else the record's last.</param>
/// <param name="LastRenewalMs">Milliseconds since 1970, as of the encoding.</param>
/// <param name="RemovedAtMs">Milliseconds since 1970; 0 while it is there.</param>
public readonly record struct InstanceView(Instance Instance, ChangeKind Kind, long LastRenewalMs, long RemovedAtMs);
