using System.Buffers;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Seams;

/// <summary>Writes one change as bytes of one format, once for all who are to see it.</summary>
/// <remarks>
/// <para>The caller guarantees: the bytes of changes stand one behind the other, in order of version, some left out by a filter; so one
/// call must not depend on the one before. Calls come one at a time.</para>
/// <para>The implementer: is a struct without state that changes; writes all or throws (its own bug).</para>
/// <para>Buffers: the writer belongs to the caller.</para>
/// </remarks>
public interface IChangeEncoder
{
    /// <summary>Writes a change.</summary>
    void WriteChange(IBufferWriter<byte> output, in Change change);

    /// <summary>Writes that an instance has left a filter: for its subscribers a removal, whether or not it was there.</summary>
    void WriteLeft(IBufferWriter<byte> output, in Change change);
}
