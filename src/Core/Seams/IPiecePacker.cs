namespace Rollcall.Core.Seams;

/// <summary>Packs the pieces of a document, each by itself and once for all readers.</summary>
/// <remarks>
/// <para>The caller guarantees: packed pieces stand one behind the other, in order; no piece is empty. Calls come one at a time for each cache.</para>
/// <para>The implementer: writes what can be told apart from what stands behind it; never fails.</para>
/// </remarks>
public interface IPiecePacker
{
    /// <summary>The packed bytes of a piece.</summary>
    byte[] Pack(ReadOnlySpan<byte> piece);
}
