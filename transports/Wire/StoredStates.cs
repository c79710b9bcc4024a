using System.Buffers;
using Rollcall.Core.Replication;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Wire;

/// <summary>States in packed blocks, each readable by itself, with the records of WIRE.md: for whoever keeps them in a file.</summary>
public static class StoredStates
{
    /// <summary>A block is packed when it has this many bytes: what a packer needs at once, and little enough to be soon forgotten.</summary>
    private const int BlockBytes = 64 * 1024;

    // With what a record may have at most on top.
    private const int UnpackedBytesMax = 256 * 1024 * 1024;

    /// <summary>The packing of <see cref="Pack"/>: LZ4 where its library is, else Brotli.</summary>
    public static string PackingName { get; } = Lz4.IsSupported ? "lz4" : "brotli";

    /// <summary>States as blocks, one at a time: the memory of one is needed.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Pack(IEnumerable<KeyedState> states)
    {
        Packing packing = PackingOf(PackingName)!.Value;
        var block = new ArrayBufferWriter<byte>(2 * BlockBytes);
        var row = default(StateRow);
        foreach (KeyedState state in states)
        {
            StateRecord.Write(block, state, ref row);
            if (block.WrittenCount >= BlockBytes)
            {
                yield return Chunk.Pack(block.WrittenSpan, packing);
                block.ResetWrittenCount();
                row = default;
            }
        }

        if (block.WrittenCount > 0)
        {
            yield return Chunk.Pack(block.WrittenSpan, packing);
        }
    }

    /// <summary>The states of blocks; instances of a service share its name.</summary>
    /// <exception cref="InvalidDataException">A block is damaged, or the packing is not known here.</exception>
    public static IEnumerable<KeyedState> Unpack(IEnumerable<byte[]> blocks, string packing)
    {
        Packing packed = PackingOf(packing) ?? throw new InvalidDataException($"packed as '{packing}', which is not known on this machine");
        var services = new ServiceNames();
        return blocks.SelectMany(block => Unpack(Chunk.Unpack(block, packed, UnpackedBytesMax), services));
    }

    private static List<KeyedState> Unpack(byte[] block, ServiceNames services)
    {
        var states = new List<KeyedState>();
        var row = default(StateRow);
        var reader = new PayloadReader(block);
        while (reader.Left > 0)
        {
            states.Add(StateRecord.Read(ref reader, services, ref row));
        }

        return reader.Failed ? throw new InvalidDataException("a record in it cannot be read") : states;
    }

    private static Packing? PackingOf(string name) =>
        name == "lz4" && Lz4.IsSupported ? Packing.Lz4
        : name == "brotli" ? Packing.Brotli
        : null;
}
