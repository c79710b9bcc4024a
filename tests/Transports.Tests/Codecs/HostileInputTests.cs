using Rollcall.Core.Model;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Tests.Codecs;

/// <summary>Every cut and every flip of valid documents: a registration or a sentence, never an exception.</summary>
public class HostileInputTests
{
    private const string BatchOfOne =
        """{"replicationList":[{"appName":"A","id":"i","lastDirtyTimestamp":5,"action":"Register","instanceInfo":""";

    private delegate bool Reader(byte[] body, out string? problem);

    public static TheoryData<string> Documents => ["json", "spring", "xml", "utf16", "batch"];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_cut_is_refused_with_a_sentence(string name)
    {
        (byte[] valid, Reader reader) = Of(name);
        for (int length = 0; length < valid.Length; length++)
        {
            Assert.False(reader(valid[..length], out string? problem), $"cut after {length} bytes");
            Read.AssertReadable(problem);
        }

        Assert.True(reader(valid, out string? none), none);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_flip_is_read_or_refused_with_a_sentence(string name)
    {
        (byte[] valid, Reader reader) = Of(name);
        int refused = 0;
        for (int at = 0; at < valid.Length; at++)
        {
            foreach (int mask in (int[])[0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF])
            {
                refused += Judge(reader, Changed(valid, at, (byte)(valid[at] ^ mask)));
            }
        }

        Assert.InRange(refused, valid.Length, valid.Length * 9);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_byte_replaced_by_what_the_formats_live_by_is_read_or_refused(string name)
    {
        (byte[] valid, Reader reader) = Of(name);
        for (int at = 0; at < valid.Length; at++)
        {
            foreach (byte with in "\0\"\\{}[],:<>&/!-?=_'.$@ \n9eEuU"u8.ToArray())
            {
                Judge(reader, Changed(valid, at, with));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Random_splices_are_read_or_refused(string name)
    {
        (byte[] valid, Reader reader) = Of(name);
        var random = new Random(20261122);
        for (int i = 0; i < 5_000; i++)
        {
            int from = random.Next(valid.Length);
            int length = random.Next(Math.Min(64, valid.Length - from));
            int to = random.Next(valid.Length);
            Judge(
                reader,
                [
                    .. valid[..to],
                    .. valid[from..(from + length)],
                    .. valid[(random.Next(2) == 0 ? to : Math.Min(to + 5, valid.Length))..],
                ]
            );
        }
    }

    [Theory]
    [InlineData("utf-7")]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("ISO-10646-UCS-2")]
    [InlineData("ISO-10646-UCS-4")]
    [InlineData("us-ascii")]
    [InlineData("iso-8859-1")]
    [InlineData("windows-1252")]
    [InlineData("EBCDIC-CP-US")]
    [InlineData("gb18030")]
    [InlineData("x-unknown")]
    [InlineData("")]
    public void Whatever_encoding_is_declared_for_whatever_bytes(string encoding)
    {
        var random = new Random(20261122);
        byte[] declaration = Samples.Bytes($"<?xml version='1.0' encoding='{encoding}'?>");
        byte[][] marks =
        [
            [],
            [0xEF, 0xBB, 0xBF],
            [0xFE, 0xFF],
            [0xFF, 0xFE],
            [0xFF, 0xFE, 0, 0],
            [0, 0, 0xFE, 0xFF],
            [0, 0, 0, 0x3C],
        ];
        byte[] body = Samples.Bytes(Samples.Xml("<sid>é</sid>"));
        byte[] wide = System.Text.Encoding.Unicode.GetBytes($"<?xml version='1.0' encoding='{encoding}'?>" + Samples.Xml());
        byte[] noise = new byte[300];
        foreach (byte[] mark in marks)
        {
            Judge(ReadXml, [.. mark, .. declaration, .. body]);
            Judge(ReadXml, [.. mark, .. wide]);
            for (int i = 0; i < 50; i++)
            {
                random.NextBytes(noise);
                Judge(ReadXml, [.. mark, .. declaration, .. body[..random.Next(body.Length)], .. noise]);
                Judge(ReadXml, [.. mark, .. wide[..random.Next(wide.Length)], .. noise]);
                Judge(ReadXml, [.. mark, .. noise]);
            }
        }
    }

    private static int Judge(Reader reader, byte[] body)
    {
        bool read = reader(body, out string? problem);
        if (!read)
        {
            Read.AssertReadable(problem);
        }

        return read ? 0 : 1;
    }

    private static byte[] Changed(byte[] valid, int at, byte value)
    {
        byte[] changed = (byte[])valid.Clone();
        changed[at] = value;
        return changed;
    }

    private static (byte[] Valid, Reader Reader) Of(string name) =>
        name switch
        {
            "json" => (Samples.Bytes(Samples.Everything.Trim()), ReadJson),
            "spring" => (Samples.Bytes(Samples.Spring.Trim()), ReadJson),
            "xml" => (Samples.Bytes(Samples.EverythingXml.Trim()), ReadXml),
            "utf16" => ([0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes(Samples.Xml("<sid>é😀</sid>"))], ReadXml),
            "batch" => (Samples.Bytes(BatchOfOne + Samples.Everything.Trim()["{\"instance\":".Length..^1] + "}]}"), ReadBatch),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such document"),
        };

    private static bool ReadJson(byte[] body, out string? problem)
    {
        bool read = EurekaJsonReader.TryReadRegistration(body, EurekaLimits.Default, out Registration? registration, out problem);
        Assert.Equal(read, registration is not null);
        return read;
    }

    private static bool ReadXml(byte[] body, out string? problem)
    {
        bool read = EurekaXmlReader.TryReadRegistration(body, EurekaLimits.Default, out Registration? registration, out problem);
        Assert.Equal(read, registration is not null);
        return read;
    }

    private static bool ReadBatch(byte[] body, out string? problem)
    {
        bool read = EurekaJsonReader.TryReadBatch(body, EurekaLimits.Default, out var items, out problem);
        Assert.Equal(read, items is not null);
        return read;
    }
}
