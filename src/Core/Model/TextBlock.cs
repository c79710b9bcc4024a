using System.Text;

namespace Rollcall.Core.Model;

/// <summary>A text field of an instance.</summary>
public enum InstanceText : byte
{
    /// <summary><see cref="Registration.HostName"/>.</summary>
    HostName,

    /// <summary><see cref="Registration.Address"/>.</summary>
    Address,

    /// <summary><see cref="Registration.Vips"/>.</summary>
    Vips,

    /// <summary><see cref="Registration.SecureVips"/>.</summary>
    SecureVips,

    /// <summary><see cref="Registration.HomePageUrl"/>.</summary>
    HomePageUrl,

    /// <summary><see cref="Registration.StatusPageUrl"/>.</summary>
    StatusPageUrl,

    /// <summary><see cref="Registration.HealthCheckUrl"/>.</summary>
    HealthCheckUrl,

    /// <summary><see cref="Registration.SecureHealthCheckUrl"/>.</summary>
    SecureHealthCheckUrl,

    /// <summary><see cref="Registration.Zone"/>.</summary>
    Zone,

    /// <summary><see cref="Registration.Region"/>.</summary>
    Region,
}

/// <summary>All text of one instance in one array: what is rarely touched, kept out of the way of what is hot.</summary>
/// <remarks>
/// Shape: id, then the fields of <see cref="InstanceText"/> in order, then the count of metadata pairs and the pairs, then the
/// same of attributes. Each text is a LEB128 length and its UTF-8 bytes; the length of a field is one more than its bytes, 0 is
/// absent. The id comes first because every look-up compares it.
/// </remarks>
internal static class TextBlock
{
    /// <summary>Fields behind the id.</summary>
    public const int FieldCount = (int)InstanceText.Region + 1;

    /// <summary>Packs the text of <paramref name="from"/>.</summary>
    public static byte[] Pack(Registration from)
    {
        string?[] fields =
        [
            from.HostName,
            from.Address,
            from.Vips,
            from.SecureVips,
            from.HomePageUrl,
            from.StatusPageUrl,
            from.HealthCheckUrl,
            from.SecureHealthCheckUrl,
            from.Zone,
            from.Region,
        ];
        var writer = new TextWriter(new byte[512]);
        writer.Text(from.Id, 0);
        foreach (string? field in fields)
        {
            if (field is null)
            {
                writer.Number(0);
            }
            else
            {
                writer.Text(field, 1);
            }
        }

        writer.Pairs(from.Metadata);
        writer.Pairs(from.Attributes);
        return writer.ToArray();
    }

    /// <summary>The same text with other metadata.</summary>
    public static byte[] WithMetadata(ReadOnlySpan<byte> block, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        int start = FieldsEnd(block);
        int end = PairsEnd(block, start);
        var writer = new TextWriter(new byte[block.Length + 64]);
        writer.Raw(block[..start]);
        writer.Pairs(metadata);
        writer.Raw(block[end..]);
        return writer.ToArray();
    }

    public static ReadOnlySpan<byte> Id(ReadOnlySpan<byte> block)
    {
        int at = 0;
        int length = Number(block, ref at);
        return block.Slice(at, length);
    }

    /// <summary>The bytes of a field; <paramref name="present"/> tells an absent field from an empty one.</summary>
    public static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> block, InstanceText field, out bool present)
    {
        int at = IdEnd(block);
        for (int i = 0; i < (int)field; i++)
        {
            int skipped = Number(block, ref at);
            at += Math.Max(0, skipped - 1);
        }

        int length = Number(block, ref at);
        present = length > 0;
        return present ? block.Slice(at, length - 1) : default;
    }

    public static TextPairs Metadata(byte[] block) => new(block, FieldsEnd(block));

    public static TextPairs Attributes(byte[] block) => new(block, PairsEnd(block, FieldsEnd(block)));

    /// <summary>Reads a LEB128 number and moves <paramref name="at"/> behind it.</summary>
    internal static int Number(ReadOnlySpan<byte> block, ref int at)
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = block[at++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    /// <summary>Where the id ends and the fields begin.</summary>
    internal static int IdEnd(ReadOnlySpan<byte> block)
    {
        int at = 0;
        int idLength = Number(block, ref at);
        return at + idLength;
    }

    private static int FieldsEnd(ReadOnlySpan<byte> block)
    {
        int at = IdEnd(block);
        for (int i = 0; i < FieldCount; i++)
        {
            int length = Number(block, ref at);
            at += Math.Max(0, length - 1);
        }

        return at;
    }

    private static int PairsEnd(ReadOnlySpan<byte> block, int at)
    {
        for (int texts = 2 * Number(block, ref at); texts > 0; texts--)
        {
            int length = Number(block, ref at);
            at += length;
        }

        return at;
    }
}

/// <summary>Key/value pairs of an instance, in order, read in place: <c>foreach (TextPair pair in instance.Metadata)</c>.</summary>
public readonly struct TextPairs
{
    private readonly byte[] _block;
    private readonly int _start;

    internal TextPairs(byte[] block, int at)
    {
        _block = block;
        Count = TextBlock.Number(block, ref at);
        _start = at;
    }

    /// <summary>How many pairs.</summary>
    public int Count { get; }

    /// <summary>The value of <paramref name="key"/>; false if there is none. O(pairs), 0 bytes.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        foreach (TextPair pair in this)
        {
            if (pair.Key.SequenceEqual(key))
            {
                value = pair.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The pairs as strings; allocates.</summary>
    public KeyValuePair<string, string>[] ToArray()
    {
        var pairs = new KeyValuePair<string, string>[Count];
        int i = 0;
        foreach (TextPair pair in this)
        {
            pairs[i++] = new(Encoding.UTF8.GetString(pair.Key), Encoding.UTF8.GetString(pair.Value));
        }

        return pairs;
    }

    /// <summary>For <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(_block, _start, Count);

    /// <summary>Walks the pairs in place.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _block;
        private int _at;
        private int _left;

        internal Enumerator(ReadOnlySpan<byte> block, int at, int count)
        {
            _block = block;
            _at = at;
            _left = count;
        }

        /// <summary>The pair.</summary>
        public TextPair Current { readonly get; private set; }

        /// <summary>Goes to the next pair.</summary>
        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _left--;
            Current = new TextPair(Next(), Next());
            return true;
        }

        private ReadOnlySpan<byte> Next()
        {
            int length = TextBlock.Number(_block, ref _at);
            ReadOnlySpan<byte> text = _block.Slice(_at, length);
            _at += length;
            return text;
        }
    }
}

/// <summary>One pair, as UTF-8 in place.</summary>
public readonly ref struct TextPair
{
    internal TextPair(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Key = key;
        Value = value;
    }

    /// <summary>Key, UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>Value, UTF-8.</summary>
    public ReadOnlySpan<byte> Value { get; }
}
