namespace Rollcall.Testing.Support;

/// <summary>Unpacks one deflate stream, bit by bit, and says how many bytes it took. Slow and plain on purpose.</summary>
/// <remarks>Source: RFC 1951; the canonical decoding of its section 3.2.2.</remarks>
internal ref struct Inflate
{
    private static readonly int[] LengthBase =
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static readonly int[] LengthBits =
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static readonly int[] DistanceBase =
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193,
        12289, 16385, 24577,
    ];

    private static readonly int[] DistanceBits =
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    private static readonly int[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private static readonly Huffman FixedLiterals = new(
        [.. Enumerable.Repeat(8, 144), .. Enumerable.Repeat(9, 112), .. Enumerable.Repeat(7, 24), .. Enumerable.Repeat(8, 8)]
    );

    private static readonly Huffman FixedDistances = new([.. Enumerable.Repeat(5, 30)]);

    private readonly ReadOnlySpan<byte> _from;
    private readonly List<byte> _to;
    private int _at;
    private int _held;
    private int _heldBits;

    private Inflate(ReadOnlySpan<byte> from)
    {
        _from = from;
        _to = new List<byte>(from.Length * 4);
    }

    /// <summary>The plain bytes of the stream at the start of <paramref name="from"/>.</summary>
    public static byte[] All(ReadOnlySpan<byte> from, out int used)
    {
        var inflate = new Inflate(from);
        while (inflate.Block()) { }

        used = inflate._at;
        return [.. inflate._to];
    }

    /// <summary>Reads one block; false if it was the final one.</summary>
    private bool Block()
    {
        bool final = Bits(1) == 1;
        switch (Bits(2))
        {
            case 0:
                Stored();
                break;
            case 1:
                Coded(FixedLiterals, FixedDistances);
                break;
            case 2:
                (Huffman literals, Huffman distances) = ReadCodes();
                Coded(literals, distances);
                break;
            default:
                throw new FormatException($"deflate: block of reserved type near byte {_at}");
        }

        return !final;
    }

    private int Bits(int count)
    {
        while (_heldBits < count)
        {
            if (_at == _from.Length)
            {
                throw new FormatException("deflate: the stream ends in the middle of a block");
            }

            _held |= _from[_at++] << _heldBits;
            _heldBits += 8;
        }

        int value = _held & ((1 << count) - 1);
        _held >>= count;
        _heldBits -= count;
        return value;
    }

    private void Stored()
    {
        _held = 0;
        _heldBits = 0;
        int length = Bits(16);
        if (Bits(16) != (~length & 0xFFFF))
        {
            throw new FormatException($"deflate: length of a stored block is damaged near byte {_at}");
        }

        _to.AddRange(_from.Slice(_at, length));
        _at += length;
    }

    private void Coded(Huffman literals, Huffman distances)
    {
        for (int symbol = Symbol(literals); symbol != 256; symbol = Symbol(literals))
        {
            if (symbol < 256)
            {
                _to.Add((byte)symbol);
                continue;
            }

            int length = LengthBase[symbol - 257] + Bits(LengthBits[symbol - 257]);
            int code = Symbol(distances);
            int start = _to.Count - DistanceBase[code] - Bits(DistanceBits[code]);
            if (start < 0)
            {
                throw new FormatException("deflate: a distance reaches before the start");
            }

            for (int i = 0; i < length; i++)
            {
                _to.Add(_to[start + i]);
            }
        }
    }

    private (Huffman Literals, Huffman Distances) ReadCodes()
    {
        int literals = Bits(5) + 257;
        int distances = Bits(5) + 1;
        int codes = Bits(4) + 4;
        int[] codeLengths = new int[CodeLengthOrder.Length];
        for (int i = 0; i < codes; i++)
        {
            codeLengths[CodeLengthOrder[i]] = Bits(3);
        }

        int[] lengths = ReadLengths(new Huffman(codeLengths), literals + distances);
        return (new Huffman(lengths[..literals]), new Huffman(lengths[literals..]));
    }

    private int[] ReadLengths(Huffman code, int count)
    {
        int[] lengths = new int[count];
        int at = 0;
        while (at < count)
        {
            int symbol = Symbol(code);
            (int value, int times) = symbol switch
            {
                16 => (lengths[at - 1], 3 + Bits(2)),
                17 => (0, 3 + Bits(3)),
                18 => (0, 11 + Bits(7)),
                _ => (symbol, 1),
            };
            lengths.AsSpan(at, times).Fill(value);
            at += times;
        }

        return lengths;
    }

    private int Symbol(Huffman code)
    {
        int bits = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; length < Huffman.LengthEnd; length++)
        {
            bits |= Bits(1);
            int count = code.CountOf(length);
            if (bits - count < first)
            {
                return code.SymbolAt(index + bits - first);
            }

            index += count;
            first = (first + count) << 1;
            bits <<= 1;
        }

        throw new FormatException($"deflate: a code that stands for nothing near byte {_at}");
    }

    /// <summary>A canonical code: how many codes of each length, and the symbols in order of code.</summary>
    private sealed class Huffman
    {
        public const int LengthEnd = 16;

        private readonly int[] _counts = new int[LengthEnd];
        private readonly int[] _symbols;

        public Huffman(int[] lengths)
        {
            _symbols = [.. Enumerable.Range(0, lengths.Length).Where(s => lengths[s] > 0).OrderBy(s => lengths[s])];
            foreach (int symbol in _symbols)
            {
                _counts[lengths[symbol]]++;
            }
        }

        public int CountOf(int length) => _counts[length];

        public int SymbolAt(int index) => _symbols[index];
    }
}
