using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Rollcall.Core.Replication;
using Rollcall.Transports.Wire;

namespace Rollcall.Server.Data;

/// <summary>The bytes of a snapshot in a file: a head, blocks of states, and a checksum over all.</summary>
/// <remarks>
/// <para>
/// Shape, numbers little-endian: <c>ROLLCALL</c>; format (4 bytes); the fields of <see cref="RegistryImage"/> and the blocks' packing,
/// texts with their length; blocks of <see cref="StoredStates"/>, each its length (4) and bytes; a length of 0; how many blocks (4);
/// SHA-256 of all before it (32).
/// </para>
/// <para>
/// Errors: what is cut off or changed anywhere does not fit its checksum, which is looked at before anything but the format is
/// believed.
/// </para>
/// </remarks>
internal static class SnapshotFormat
{
    /// <summary>Which one this is. One that is not known is refused: there is always another way to get the content.</summary>
    public const int Current = 1;

    private const int FormatBytes = sizeof(int);
    private const int HashBufferBytes = 128 * 1024;

    // Far more than a block has: what is not believed even if the checksum fits.
    private const int BlockBytesMax = 64 * 1024 * 1024;

    private static ReadOnlySpan<byte> Magic => "ROLLCALL"u8;

    /// <summary>Writes a snapshot, in the memory of one block.</summary>
    /// <exception cref="OperationCanceledException">Cancelled: what is written so far is of no use.</exception>
    public static void Write(Stream output, RegistryImage image, CancellationToken cancellation = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(int)];
        Put(HeadBytes(image));
        int count = 0;
        foreach (ReadOnlyMemory<byte> block in StoredStates.Pack(image.States))
        {
            cancellation.ThrowIfCancellationRequested();
            PutNumber(number, block.Length);
            Put(block.Span);
            count++;
        }

        PutNumber(number, 0);
        PutNumber(number, count);
        output.Write(hash.GetHashAndReset());

        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            output.Write(bytes);
        }

        void PutNumber(Span<byte> buffer, int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(buffer, value);
            Put(buffer);
        }
    }

    /// <summary>Reads a snapshot, from a stream at its beginning, which is read twice.</summary>
    /// <exception cref="SnapshotRefusedException">It is none, or of another format, or damaged.</exception>
    public static RegistryImage Read(Stream input)
    {
        CheckFormat(input);
        CheckHash(input);
        input.Position = Magic.Length + FormatBytes;
        using var reader = new BinaryReader(input, Encoding.UTF8, leaveOpen: true);
        try
        {
            RegistryImage head = ReadHead(reader);
            string packing = reader.ReadString();
            return head with { States = [.. StoredStates.Unpack(ReadBlocks(reader), packing)] };
        }
        catch (Exception exception) when (exception is EndOfStreamException or InvalidDataException or FormatException or ArgumentException)
        {
            throw new SnapshotRefusedException($"its checksum fits, but this server cannot read it: {exception.Message}");
        }
    }

    private static byte[] HeadBytes(RegistryImage image)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(Current);
        writer.Write(image.ClusterId);
        writer.Write(image.Node);
        writer.Write(image.Clock);
        writer.Write(image.WrittenAtMs);
        writer.Write(image.Count);
        writer.Write(StoredStates.PackingName);
        writer.Flush();
        return bytes.ToArray();
    }

    private static RegistryImage ReadHead(BinaryReader reader) =>
        new(reader.ReadString(), reader.ReadUInt32(), reader.ReadUInt64(), reader.ReadInt64(), reader.ReadInt32(), []);

    private static IEnumerable<byte[]> ReadBlocks(BinaryReader reader)
    {
        int count = 0;
        for (int length = ReadLength(reader); length > 0; length = ReadLength(reader))
        {
            yield return reader.ReadBytes(length);
            count++;
        }

        if (reader.ReadInt32() != count)
        {
            throw new InvalidDataException("it has another number of blocks than it says");
        }
    }

    private static int ReadLength(BinaryReader reader)
    {
        int length = reader.ReadInt32();
        return length is >= 0 and <= BlockBytesMax ? length : throw new InvalidDataException($"a block of {length} bytes");
    }

    private static void CheckFormat(Stream input)
    {
        Span<byte> start = stackalloc byte[Magic.Length + FormatBytes];
        int read = input.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (read < start.Length || !start.StartsWith(Magic))
        {
            throw new SnapshotRefusedException("it is no snapshot of Rollcall, or its beginning is lost");
        }

        int format = BinaryPrimitives.ReadInt32LittleEndian(start[Magic.Length..]);
        if (format != Current)
        {
            throw new SnapshotRefusedException($"it is of format {format}, this server reads format {Current}");
        }
    }

    private static void CheckHash(Stream input)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        input.Position = 0;
        long left = input.Length - SHA256.HashSizeInBytes;
        byte[] buffer = new byte[HashBufferBytes];
        while (left > 0)
        {
            int read = input.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0)
            {
                break; // it became shorter meanwhile
            }

            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        Span<byte> written = stackalloc byte[SHA256.HashSizeInBytes];
        int got = input.ReadAtLeast(written, written.Length, throwOnEndOfStream: false);
        if (got < written.Length || !written.SequenceEqual(hash.GetHashAndReset()))
        {
            throw new SnapshotRefusedException("it is cut off or damaged: its checksum does not fit");
        }
    }
}

/// <summary>A snapshot that is not restored: why, as a sentence about it.</summary>
internal sealed class SnapshotRefusedException(string message) : Exception(message);
