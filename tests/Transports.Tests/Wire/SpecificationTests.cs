using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Rollcall.Testing.Support;
using Rollcall.Transports.Tests.Peering;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>WIRE.md is what is spoken: its hex blocks are a whole session, its tables are the code's.</summary>
public sealed partial class SpecificationTests
{
    private static readonly string s_text = File.ReadAllText(Repository.PathOf("transports/Wire/WIRE.md"));

    [Fact]
    public async Task Its_examples_are_what_a_client_and_a_session_say()
    {
        ExampleSession session = await ExampleSession.PlayAsync();
        string said = Shown(session.Frames);
        string written = Shown(ExamplesOf("session"));
        Assert.True(said == written, $"WIRE.md shows another session. This one was said:\n\n{said}");
    }

    [Fact]
    public void Its_packed_examples_unpack_to_what_they_say()
    {
        byte[] plain = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("http://host-1:8080/", 8)));
        foreach ((string name, byte[] bytes) in ExamplesOf("packed"))
        {
            Packing packing = Enum.Parse<Packing>(name, ignoreCase: true);
            if (packing != Packing.Lz4 || Lz4.IsSupported)
            {
                Assert.Equal(Convert.ToHexString(plain), Convert.ToHexString(Chunk.Unpack(bytes, packing, plain.Length)));
            }
        }

        Assert.Equal(["lz4", "brotli"], ExamplesOf("packed").Select(example => example.Name));
    }

    [Fact]
    public void Its_examples_of_peers_are_what_nodes_say()
    {
        IEnumerable<(string Name, byte[] Bytes)> frames = PeerSamples.Messages.Select(message =>
        {
            (Opcode opcode, byte[] payload) = PeerSamples.Encode(message);
            return (opcode.ToString(), PeerSamples.Frame(opcode, FrameFlags.None, payload));
        });
        string said = Shown(frames);
        string written = Shown(ExamplesOf("peers"));
        Assert.True(said == written, $"WIRE.md shows other messages. These are said:\n\n{said}");
        Assert.All(
            ExamplesOf("peers"),
            example => Assert.NotNull(PeerSamples.Decode((Opcode)example.Bytes[4], example.Bytes.AsSpan(FrameHeader.Size)))
        );
    }

    [Fact]
    public void Its_tables_name_every_operation_flag_and_error_with_its_number()
    {
        foreach (Opcode opcode in Enum.GetValues<Opcode>())
        {
            Assert.Contains($"| `0x{(int)opcode:x2}` | {opcode} |", s_text, StringComparison.Ordinal);
        }

        foreach (FrameFlags flag in Enum.GetValues<FrameFlags>().Where(flag => int.IsPow2((int)flag)))
        {
            Assert.Contains($"| `0x{(int)flag:x2}` | {flag} |", s_text, StringComparison.Ordinal);
        }

        foreach (WireErrorCode code in Enum.GetValues<WireErrorCode>())
        {
            Assert.Contains($"| {(int)code} | {code} |", s_text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Its_table_of_limits_is_that_of_the_options()
    {
        foreach (string option in WireOptions.Rules.Select(rule => rule.Name))
        {
            Assert.Contains($"| `{option}` |", s_text, StringComparison.Ordinal);
        }
    }

    // Blocks of a fence "hex GROUP": a line "# name" begins an example; behind the bytes of a line stands what they mean.
    private static List<(string Name, byte[] Bytes)> ExamplesOf(string group)
    {
        var examples = new List<(string Name, List<byte> Bytes)>();
        foreach (Match block in Blocks().Matches(s_text).Where(match => match.Groups["group"].Value == group))
        {
            foreach (string line in block.Groups["body"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.StartsWith('#'))
                {
                    examples.Add((line[1..].Trim(), []));
                    continue;
                }

                string hex = line.Split("  ", 2)[0];
                examples[^1].Bytes.AddRange(hex.Split(' ').Select(pair => byte.Parse(pair, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            }
        }

        return [.. examples.Select(example => (example.Name, example.Bytes.ToArray()))];
    }

    // As it stands in WIRE.md, without what explains it.
    private static string Shown(IEnumerable<(string Name, byte[] Bytes)> frames)
    {
        var text = new StringBuilder();
        foreach ((string name, byte[] bytes) in frames)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"# {name}");
            foreach (byte[] line in bytes.Take(FrameHeader.Size).Chunk(FrameHeader.Size).Concat(bytes.Skip(FrameHeader.Size).Chunk(24)))
            {
                text.AppendLine(Convert.ToHexStringLower(line).Chunk(2).Select(pair => new string(pair)).Aggregate((a, b) => $"{a} {b}"));
            }
        }

        return text.ToString();
    }

    [GeneratedRegex("^```hex (?<group>\\w+)\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
