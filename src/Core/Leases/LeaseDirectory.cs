using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Rollcall.Core.Stripes;

namespace Rollcall.Core.Leases;

/// <summary>All leases by index, whatever their stripe: a renewal by handle goes straight to its 16 bytes.</summary>
/// <remarks>
/// <para>Owner: the registry. Stripes add chunks, under its own lock; anyone reads.</para>
/// <para>
/// Shape: index = chunk number and place in the chunk, <see cref="ChunkBits"/> bits; a chunk belongs to one stripe and never moves.
/// The list of chunks is replaced when it grows: at a million leases it is 8 kB, and stays in the nearest cache.
/// </para>
/// </remarks>
internal sealed class LeaseDirectory
{
    public const int ChunkBits = 10;
    public const int ChunkSize = 1 << ChunkBits;

    private readonly Lock _gate = new();
    private LeaseSlot[][] _chunks = [];
    private (Stripe Stripe, int FirstSlot)[] _owners = [];

    /// <summary>Chunks taken in.</summary>
    public int ChunkCount => Volatile.Read(ref _chunks).Length;

    /// <summary>Takes in a chunk of <see cref="ChunkSize"/> leases.</summary>
    /// <param name="chunk">The leases.</param>
    /// <param name="stripe">Whose they are.</param>
    /// <param name="firstSlot">The stripe's number of the first of them.</param>
    /// <returns>The index of the first of them.</returns>
    public uint Add(LeaseSlot[] chunk, Stripe stripe, int firstSlot)
    {
        lock (_gate)
        {
            _owners = [.. _owners, (stripe, firstSlot)];
            Volatile.Write(ref _chunks, [.. _chunks, chunk]);
            return (uint)(_chunks.Length - 1) << ChunkBits;
        }
    }

    /// <summary>The lease of an index; a null reference if there is none.</summary>
    public ref LeaseSlot At(uint index)
    {
        LeaseSlot[][] chunks = Volatile.Read(ref _chunks);
        uint chunk = index >> ChunkBits;
        if (chunk >= (uint)chunks.Length)
        {
            return ref Unsafe.NullRef<LeaseSlot>();
        }

        return ref Within(chunks[chunk], index);
    }

    /// <summary>Has the lease of an index brought near, if it exists: a row of renewals waits for memory once, not one after another.</summary>
    public unsafe void Prefetch(uint index)
    {
        LeaseSlot[][] chunks = Volatile.Read(ref _chunks);
        uint chunk = index >> ChunkBits;
        if (Sse.IsSupported && chunk < (uint)chunks.Length)
        {
            // A hint: should the collector move the chunk meanwhile, it is a wrong hint.
            Sse.Prefetch0(Unsafe.AsPointer(ref Within(chunks[chunk], index)));
        }
    }

    /// <summary>True if an index was given out here; records of other registries have indexes of theirs.</summary>
    public bool Has(uint index) => index >> ChunkBits < (uint)Volatile.Read(ref _chunks).Length;

    /// <summary>Whose lease an index is. The index is one that was given out.</summary>
    public Stripe OwnerOf(uint index, out int slot)
    {
        (Stripe stripe, int firstSlot) = _owners[index >> ChunkBits];
        slot = firstSlot + (int)(index & (ChunkSize - 1));
        return stripe;
    }

    // Every chunk has ChunkSize leases, so the place is within it; not asking spares the line in which the array's length stands.
    private static ref LeaseSlot Within(LeaseSlot[] chunk, uint index) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunk), index & (ChunkSize - 1));
}
