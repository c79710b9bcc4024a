using Rollcall.Core.Seams;

namespace Rollcall.Core.Snapshots;

/// <summary>Bytes of the registry in one format, kept per block and re-encoded only where a change fell.</summary>
/// <typeparam name="TEncoder">The format; a struct, so that the loop over instances is compiled for it.</typeparam>
public sealed class EncodedSnapshotCache<TEncoder>
    where TEncoder : struct, ISnapshotEncoder
{
    /// <summary>A cache over <paramref name="registry"/>.</summary>
    public EncodedSnapshotCache(RegistryService registry, TEncoder encoder) => throw new NotImplementedException();

    /// <summary>Bytes that the encoder wrote since the start: what a test counts.</summary>
    public long EncodedBytes => throw new NotImplementedException();

    /// <summary>All services.</summary>
    public EncodedDocument Full(RegistrySnapshot snapshot, DocumentCoding coding) => throw new NotImplementedException();

    /// <summary>One service; null if it has no instance.</summary>
    public EncodedDocument? Service(RegistrySnapshot snapshot, string name, DocumentCoding coding) => throw new NotImplementedException();

    /// <summary>The instances with a virtual address; an empty document if none has it.</summary>
    public EncodedDocument Vip(RegistrySnapshot snapshot, string vip, bool secure, DocumentCoding coding) => throw new NotImplementedException();

    /// <summary>Latest record per instance changed within the retention; null if it cannot be complete.</summary>
    public EncodedDocument? Delta(RegistrySnapshot snapshot, long nowMs, DocumentCoding coding) => throw new NotImplementedException();

    /// <summary>Gives back the bytes of variants that nobody asked for since the last call but one. The host calls it now and then.</summary>
    public void Trim() => throw new NotImplementedException();
}
