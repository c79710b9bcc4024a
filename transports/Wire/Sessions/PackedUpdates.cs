using System.Buffers;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>The latest updates that were packed: subscribers that are equally far get the same bytes.</summary>
/// <remarks>
/// <para>Threads: any. Two that ask at once for what is not there both pack it.</para>
/// <para>Shape: an array; a new update takes the place of the one that began as many versions earlier.</para>
/// </remarks>
internal sealed class PackedUpdates
{
    // Subscribers are either up to date or catching up in steps of one update: few beginnings occur at a time.
    private const int Kept = 64;

    private readonly Entry?[] _entries = new Entry?[Kept];

    /// <summary>The packed update that leads on from a version.</summary>
    public byte[] Get(ulong after, InstanceFilter filter, in ChangeRead read, Packing packing, List<ReadOnlyMemory<byte>> segments)
    {
        ref Entry? entry = ref _entries[after % Kept];
        if (Volatile.Read(ref entry) is { } known && known.Is(after, filter, read.Reached, packing))
        {
            return known.Bytes;
        }

        var plain = new ArrayBufferWriter<byte>(UpdateHead.SizeMax + read.Bytes);
        plain.Advance(UpdateHead.Put(plain.GetSpan(UpdateHead.SizeMax), UpdateKind.Changes, read.Reached));
        foreach (ReadOnlyMemory<byte> segment in segments)
        {
            plain.Write(segment.Span);
        }

        var made = new Entry(after, filter, read.Reached, packing, Chunk.Pack(plain.WrittenSpan, packing));
        Volatile.Write(ref entry, made);
        return made.Bytes;
    }

    private sealed record Entry(ulong After, InstanceFilter Filter, ulong Reached, Packing Packing, byte[] Bytes)
    {
        public bool Is(ulong after, InstanceFilter filter, ulong reached, Packing packing) =>
            After == after && Reached == reached && Packing == packing && Filter.Equals(filter);
    }
}
