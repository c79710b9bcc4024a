using System.Buffers.Binary;

namespace Rollcall.Core.Model;

/// <summary>The text of an instance as it is kept: what is as expected for its service is not stored.</summary>
/// <remarks>
/// <para>
/// Shape: the id as <see cref="TextBlock"/> has it, so that a look-up reads it in place; the host name, as the count of bytes that
/// the id begins with or as 0 and a text; the address as one more than its length and a text, or as 0 and a <see cref="DottedQuad"/>; then the length of the
/// rest, or 0 if all is as the service's <see cref="TextTemplate"/> expects. A rest that differs is a row of (count of new bytes, those bytes, length of a copy, where to
/// copy from); positions count from the start of the expected text, then go on through this instance's own. Numbers are LEB128.
/// </para>
/// <para>Cost: pack about 1 us, unpack about 0.3 us. A Spring application's 450 bytes become those of its id and 20 more.</para>
/// <para>Source: Ziv and Lempel 1977, with a preset dictionary as in zlib.</para>
/// </remarks>
internal static class PackedText
{
    // A copy costs up to 5 bytes to describe: shorter ones are not worth it.
    private const int CopyMin = 6;
    private const int HashBits = 10;

    [ThreadStatic]
    private static Scratch? t_scratch;

    /// <summary>Packs a <see cref="TextBlock"/>.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> block, TextTemplate template)
    {
        Scratch scratch = t_scratch ??= new Scratch();
        ReadOnlySpan<byte> id = TextBlock.Id(block);
        ReadOnlySpan<byte> host = TextBlock.Field(block, InstanceText.HostName, out _);
        ReadOnlySpan<byte> address = TextBlock.Field(block, InstanceText.Address, out _);
        var output = new TextWriter(scratch.Output);
        output.Raw(block[..TextBlock.IdEnd(block)]);
        bool prefix = !host.IsEmpty && id.StartsWith(host);
        output.Number(prefix ? host.Length : 0);
        if (!prefix)
        {
            output.Number(host.Length);
            output.Raw(host);
        }

        WriteAddress(address, ref output);
        ReadOnlySpan<byte> expected = template.Fill(id, host, address);
        if (expected.SequenceEqual(block))
        {
            output.Number(0);
        }
        else
        {
            WriteRest(block, expected, ref output, scratch);
        }

        scratch.Output = output.Buffer;
        return output.ToArray();
    }

    /// <summary>The <see cref="TextBlock"/> that was packed.</summary>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, TextTemplate template)
    {
        ReadOnlySpan<byte> id = TextBlock.Id(packed);
        int at = TextBlock.IdEnd(packed);
        int prefix = TextBlock.Number(packed, ref at);
        ReadOnlySpan<byte> host = prefix > 0 ? id[..prefix] : Text(packed, ref at);
        Span<byte> quadText = stackalloc byte[DottedQuad.TextMax];
        ReadOnlySpan<byte> address = ReadAddress(packed, ref at, quadText);
        byte[] expected = template.Fill(id, host, address);
        int restLength = TextBlock.Number(packed, ref at);
        return restLength == 0 ? expected : ReadRest(packed, at, restLength, expected);
    }

    private static void WriteAddress(ReadOnlySpan<byte> address, ref TextWriter output)
    {
        Span<byte> quad = stackalloc byte[DottedQuad.Size];
        if (DottedQuad.TryRead(address, quad))
        {
            output.Number(0);
            output.Raw(quad);
        }
        else
        {
            output.Number(address.Length + 1);
            output.Raw(address);
        }
    }

    private static ReadOnlySpan<byte> ReadAddress(ReadOnlySpan<byte> packed, ref int at, Span<byte> quadText)
    {
        int coded = TextBlock.Number(packed, ref at);
        int start = at;
        at += coded == 0 ? DottedQuad.Size : coded - 1;
        return coded == 0 ? quadText[..DottedQuad.Write(packed[start..at], quadText)] : packed[start..at];
    }

    private static void WriteRest(ReadOnlySpan<byte> block, ReadOnlySpan<byte> expected, ref TextWriter output, Scratch scratch)
    {
        Span<byte> window = scratch.Window(expected.Length + block.Length);
        expected.CopyTo(window);
        block.CopyTo(window[expected.Length..]);
        Span<int> latest = scratch.Latest;
        latest.Clear();
        int idEnd = TextBlock.IdEnd(block);
        output.Number(block.Length - idEnd);
        int hashed = 0;
        int fresh = expected.Length + idEnd;
        for (int at = fresh; at < window.Length;)
        {
            for (; hashed < at && hashed + 4 <= window.Length; hashed++)
            {
                latest[HashAt(window, hashed)] = hashed + 1;
            }

            int from = at + CopyMin <= window.Length ? latest[HashAt(window, at)] - 1 : -1;
            int copyable = from < expected.Length ? expected.Length : at; // what is expected and what is there are two arrays to the reader
            int length = from < 0 ? 0 : window[from..copyable].CommonPrefixLength(window[at..]);
            if (length < CopyMin)
            {
                at++;
                continue;
            }

            output.Number(at - fresh);
            output.Raw(window[fresh..at]);
            output.Number(length);
            output.Number(from);
            at += length;
            fresh = at;
        }

        output.Number(window.Length - fresh);
        output.Raw(window[fresh..]);
    }

    private static byte[] ReadRest(ReadOnlySpan<byte> packed, int at, int restLength, ReadOnlySpan<byte> expected)
    {
        int idEnd = TextBlock.IdEnd(packed);
        byte[] block = new byte[idEnd + restLength];
        packed[..idEnd].CopyTo(block);
        for (int written = idEnd; ;)
        {
            ReadOnlySpan<byte> fresh = Text(packed, ref at);
            fresh.CopyTo(block.AsSpan(written));
            written += fresh.Length;
            if (written == block.Length)
            {
                return block;
            }

            int length = TextBlock.Number(packed, ref at);
            int from = TextBlock.Number(packed, ref at);
            ReadOnlySpan<byte> source = from < expected.Length ? expected[from..] : block.AsSpan(from - expected.Length);
            source[..length].CopyTo(block.AsSpan(written));
            written += length;
        }
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> packed, ref int at)
    {
        int length = TextBlock.Number(packed, ref at);
        ReadOnlySpan<byte> text = packed.Slice(at, length);
        at += length;
        return text;
    }

    private static int HashAt(ReadOnlySpan<byte> window, int at) =>
        (int)((BinaryPrimitives.ReadUInt32LittleEndian(window[at..]) * 0x9E3779B1u) >> (32 - HashBits));

    private sealed class Scratch
    {
        private byte[] _window = new byte[1024];

        public byte[] Output { get; set; } = new byte[512];

        public int[] Latest { get; } = new int[1 << HashBits];

        public Span<byte> Window(int length)
        {
            if (_window.Length < length)
            {
                _window = new byte[length * 2];
            }

            return _window.AsSpan(0, length);
        }
    }
}
