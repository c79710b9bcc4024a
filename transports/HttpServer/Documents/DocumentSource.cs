using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;

namespace Rollcall.Transports.HttpServer.Documents;

/// <summary>Encoded documents of one format. Hides which, at the granularity of a request.</summary>
internal abstract class DocumentSource
{
    public abstract EncodedDocument Full(RegistrySnapshot snapshot, DocumentCoding coding);

    /// <summary>Of a content that is more than the registry's own.</summary>
    public abstract EncodedDocument Whole(RegistryContent content, DocumentCoding coding);

    /// <summary>Null if it cannot be complete.</summary>
    public abstract EncodedDocument? Delta(RegistrySnapshot snapshot, MonotonicTime now, DocumentCoding coding);

    /// <summary>Null if the service has no instance.</summary>
    public abstract EncodedDocument? Service(RegistrySnapshot snapshot, string name, DocumentCoding coding);

    public abstract EncodedDocument Vip(RegistrySnapshot snapshot, string vip, bool secure, DocumentCoding coding);

    public abstract void Trim();
}

/// <summary>The documents of one format and form, out of the core's cache.</summary>
internal sealed class DocumentSource<TEncoder>(RegistryService registry, TEncoder encoder) : DocumentSource
    where TEncoder : struct, ISnapshotEncoder
{
    private readonly EncodedSnapshotCache<TEncoder> _cache = new(registry, encoder);

    public override EncodedDocument Full(RegistrySnapshot snapshot, DocumentCoding coding) => _cache.Full(snapshot, coding);

    public override EncodedDocument Whole(RegistryContent content, DocumentCoding coding) => _cache.Whole(content, coding);

    public override EncodedDocument? Delta(RegistrySnapshot snapshot, MonotonicTime now, DocumentCoding coding) =>
        _cache.Delta(snapshot, now, coding);

    public override EncodedDocument? Service(RegistrySnapshot snapshot, string name, DocumentCoding coding) =>
        _cache.Service(snapshot, name, coding);

    public override EncodedDocument Vip(RegistrySnapshot snapshot, string vip, bool secure, DocumentCoding coding) =>
        _cache.Vip(snapshot, vip, secure, coding);

    public override void Trim() => _cache.Trim();
}
