using System.Text;

namespace Rollcall.Core.Model;

/// <summary>Appends texts and numbers as <see cref="TextBlock"/> has them; grows when full.</summary>
internal struct TextWriter(byte[] buffer)
{
    private int _length;

    /// <summary>The buffer as it is now, to be used again.</summary>
    public byte[] Buffer { get; private set; } = buffer;

    /// <summary>A LEB128 number.</summary>
    public void Number(int value)
    {
        Reserve(5);
        uint rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            Buffer[_length++] = (byte)(rest | 0x80);
        }

        Buffer[_length++] = (byte)rest;
    }

    /// <summary>The length of a text, plus a bias, and its bytes.</summary>
    public void Text(string text, int lengthBias)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Number(length + lengthBias);
        Reserve(length);
        _length += Encoding.UTF8.GetBytes(text, Buffer.AsSpan(_length));
    }

    /// <summary>A count and the pairs.</summary>
    public void Pairs(IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        Number(pairs.Count);
        foreach (KeyValuePair<string, string> pair in pairs)
        {
            Text(pair.Key, 0);
            Text(pair.Value, 0);
        }
    }

    /// <summary>Bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(Buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>What was written.</summary>
    public readonly byte[] ToArray() => Buffer.AsSpan(0, _length).ToArray();

    private void Reserve(int more)
    {
        if (Buffer.Length - _length < more)
        {
            byte[] larger = new byte[Math.Max(Buffer.Length * 2, _length + more)];
            Buffer.AsSpan(0, _length).CopyTo(larger);
            Buffer = larger;
        }
    }
}
