using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Records;

/// <summary>Values of the registry that occur in several payloads.</summary>
internal static class FieldReading
{
    /// <summary>A status that is known.</summary>
    public static InstanceStatus Status(this ref PayloadReader reader, byte value)
    {
        if (value > (byte)InstanceStatus.Unknown)
        {
            reader.Fail();
        }

        return (InstanceStatus)value;
    }

    /// <summary>A number of 16 bits: a port, or a weight.</summary>
    public static int Port(this ref PayloadReader reader)
    {
        ulong value = reader.Number();
        if (value > ushort.MaxValue)
        {
            reader.Fail();
        }

        return (int)Math.Min(value, ushort.MaxValue);
    }

    /// <summary>A number of either sign in 32 bits.</summary>
    public static int Signed32(this ref PayloadReader reader)
    {
        long value = reader.Signed();
        if (value is < int.MinValue or > int.MaxValue)
        {
            reader.Fail();
        }

        return (int)Math.Clamp(value, int.MinValue, int.MaxValue);
    }

    /// <summary>A text that repeats the beginning of another.</summary>
    public static byte[] Rest(this ref PayloadReader reader, ReadOnlySpan<byte> before)
    {
        ulong repeated = reader.Number();
        ReadOnlySpan<byte> rest = reader.Utf8();
        if (repeated > (ulong)before.Length)
        {
            reader.Fail();
            return [];
        }

        return [.. before[..(int)repeated], .. rest];
    }

    /// <summary>Key and value pairs.</summary>
    public static KeyValuePair<string, string>[] Pairs(this ref PayloadReader reader)
    {
        var pairs = new KeyValuePair<string, string>[reader.Count(bytesEach: 2)];
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = KeyValuePair.Create(reader.Text(), reader.Text());
        }

        return pairs;
    }

    /// <summary>Writes what <see cref="Pairs"/> reads.</summary>
    public static void WritePairs(this IBufferWriter<byte> output, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        output.WriteNumber((ulong)pairs.Count);
        foreach ((string key, string value) in pairs)
        {
            output.WriteText(key);
            output.WriteText(value);
        }
    }

    /// <summary>A filter; null if it is none, or has more names than permitted, of which <paramref name="names"/> tells the number.</summary>
    public static InstanceFilter? Filter(this ref PayloadReader reader, int namesMax, out int names)
    {
        var kind = (FilterKind)reader.Byte();
        names = reader.Count(bytesEach: 1);
        if (kind > FilterKind.SecureVips || (kind == FilterKind.All) != (names == 0))
        {
            reader.Fail();
        }

        if (reader.Failed || names > namesMax)
        {
            return null;
        }

        string[] texts = new string[names];
        for (int i = 0; i < names; i++)
        {
            texts[i] = reader.Text();
        }

        return kind switch
        {
            _ when reader.Failed => null,
            FilterKind.All => InstanceFilter.All,
            FilterKind.Services => InstanceFilter.Services(texts),
            _ => InstanceFilter.Vips(kind == FilterKind.SecureVips, texts),
        };
    }

    /// <summary>Writes what <see cref="Filter"/> reads.</summary>
    public static void WriteFilter(this IBufferWriter<byte> output, InstanceFilter filter)
    {
        output.WriteByte((byte)filter.Kind);
        output.WriteNumber((ulong)filter.Names.Length);
        foreach (string name in filter.Names)
        {
            output.WriteText(name);
        }
    }
}
