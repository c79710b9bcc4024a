using System.Buffers;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Testing.Support;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Tests.Peering;

/// <summary>Messages of peers as bytes: they come back as they were, and bytes that are none are noticed, whatever they claim.</summary>
public sealed class PeerMessageTests
{
    [Fact]
    public void There_is_a_sample_of_every_message() =>
        Assert.Equal(
            typeof(PeerMessage).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(PeerMessage))).Select(type => type.Name).Order(),
            PeerSamples.Messages.Select(message => message.GetType().Name).Order()
        );

    [Fact]
    public void A_message_comes_back_as_it_was()
    {
        foreach (PeerMessage message in PeerSamples.Messages)
        {
            (Opcode opcode, byte[] payload) = PeerSamples.Encode(message);
            PeerMessage? read = PeerSamples.Decode(opcode, payload);
            Assert.NotNull(read);
            Assert.Equal(message.GetType(), read.GetType());
            Assert.Equal(Shown(message), Shown(read));
            Assert.Equal(payload, PeerSamples.Encode(read).Payload);
        }
    }

    [Fact]
    public void What_a_node_knows_of_a_key_comes_back_in_all_its_parts()
    {
        (Opcode opcode, byte[] payload) = PeerSamples.Encode(new HomesAnswer(PeerSamples.States));
        IReadOnlyList<KeyedState> read = ((HomesAnswer)PeerSamples.Decode(opcode, payload)!).Homes;
        Assert.Equal(PeerSamples.States.Count, read.Count);
        foreach ((KeyedState sent, KeyedState came) in PeerSamples.States.Zip(read))
        {
            Assert.Equal(sent.Service, came.Service);
            Assert.Equal(sent.IdUtf8.ToArray(), came.IdUtf8.ToArray());
            Assert.Equal(sent.State.Override, came.State.Override);
            Assert.Equal(sent.State.Home, came.State.Home);
            Assert.Equal(sent.State.Content.Revision, came.State.Content.Revision);
            Assert.Equal(sent.State.Content.End, came.State.Content.End);
            Assert.Equal(sent.State.Content.Record is null, came.State.Content.Record is null);
            if (sent.State.Content.Record is { } record)
            {
                Assert.Equal(Portrait.Of(record), Portrait.Of(came.State.Content.Record!));
            }
        }
    }

    [Fact]
    public void A_message_that_is_cut_is_none_or_a_shorter_one()
    {
        foreach (PeerMessage message in PeerSamples.Messages)
        {
            (Opcode opcode, byte[] payload) = PeerSamples.Encode(message);
            for (int length = 0; length < payload.Length; length++)
            {
                byte[] cut = payload[..length];
                if (PeerSamples.Decode(opcode, cut) is { } shorter)
                {
                    Assert.Equal(cut, PeerSamples.Encode(shorter).Payload);
                }
            }
        }
    }

    [Fact]
    public void A_message_with_any_byte_replaced_throws_nothing()
    {
        foreach (PeerMessage message in PeerSamples.Messages)
        {
            (Opcode opcode, byte[] payload) = PeerSamples.Encode(message);
            for (int at = 0; at < payload.Length; at++)
            {
                byte was = payload[at];
                for (int value = 0; value < 256; value++)
                {
                    payload[at] = (byte)value;
                    _ = PeerSamples.Decode(opcode, payload);
                }

                payload[at] = was;
            }
        }
    }

    [Fact]
    public void A_message_under_any_other_operation_throws_nothing()
    {
        foreach (PeerMessage message in PeerSamples.Messages)
        {
            (_, byte[] payload) = PeerSamples.Encode(message);
            for (int opcode = 0; opcode < 256; opcode++)
            {
                PeerMessage? read = PeerSamples.Decode((Opcode)opcode, payload);
                Assert.True(read is null || opcode is >= 0x40 and <= 0x52, $"operation 0x{opcode:x2} is no peer's");
            }
        }
    }

    [Theory]
    [InlineData(Opcode.HomesRequest, 13)]
    [InlineData(Opcode.ItemsRequest, 2)]
    [InlineData(Opcode.DigestAnswer, 4)]
    [InlineData(Opcode.SymbolsRequest, 11)]
    public void A_count_that_the_bytes_cannot_hold_takes_no_memory(object operation, int zeroBytes)
    {
        var payload = new ArrayBufferWriter<byte>();
        payload.Write(new byte[operation is Opcode.HomesRequest ? 9 : zeroBytes]);
        payload.WriteNumber(int.MaxValue);
        payload.Write(new byte[64]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(PeerSamples.Decode((Opcode)operation, payload.WrittenSpan));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 65_536);
    }

    [Fact]
    public void A_record_that_no_registry_takes_in_is_left_out_of_its_message_with_the_reason()
    {
        Registration good = PeerSamples.Said("i");
        foreach ((string reason, Registration said) in ((string, Registration)[])
            [
                ("instance id is missing", good with { Id = "" }),
                ("instance id holds U+0007", good with { Id = "i-\a" }),
                ("instance id of 8193 bytes", good with { Id = new string('i', 8_193) }),
                ("service name is missing", good with { Service = "" }),
                ("host name is missing", good with { HostName = "" }),
                ("lease 0 s", good with { LeaseDuration = TimeSpan.Zero }),
                ("lease 2592001 s", good with { LeaseDuration = TimeSpan.FromSeconds((30 * 86_400) + 1) }),
                ("home page URL begins with javascript:", good with { HomePageUrl = "javascript:alert(1)" }),
                ("metadata value of a holds U+0000", good with { Metadata = [new("a", "\0")] }),
                ("metadata value of a holds U+FFFE", good with { Metadata = [new("a", "\uFFFE")] }),
                ("metadata key a occurs twice", good with { Metadata = [new("a", "1"), new("a", "2")] }),
                ("attributes of 65537 pairs", good with { Attributes = Pairs(65_537) }),
            ])
        {
            var left = new List<RegistryError>();
            IReadOnlyList<KeyedState> sent = [PeerSamples.States[0], PeerSamples.Live(said), PeerSamples.States[1]];
            (Opcode opcode, byte[] payload) = PeerSamples.Encode(new FeedBatch(1, 0, 3, Reset: false, sent));
            var read = (FeedBatch)PeerSamples.Decode(opcode, payload, left.Add)!;
            Assert.Contains(reason, Assert.Single(left).Message, StringComparison.Ordinal);
            Assert.Equal(3UL, read.To);
            Assert.Equal(["ORDERS/i-1", "ORDERS/i-2"], read.States.Select(state => state.Key.ToString()));
        }
    }

    [Fact]
    public void So_is_an_end_of_what_cannot_have_been()
    {
        KeyedState end = PeerSamples.States[1];
        foreach (KeyedState bad in (KeyedState[])[end with { IdUtf8 = default }, end with { Service = new("") }, end with { IdUtf8 = new byte[8_193] }])
        {
            int left = 0;
            (Opcode opcode, byte[] payload) = PeerSamples.Encode(new HomesAnswer([bad, end]));
            Assert.Single(((HomesAnswer)PeerSamples.Decode(opcode, payload, _ => left++)!).Homes);
            Assert.Equal(1, left);
        }
    }

    [Fact]
    public void What_a_registry_of_wider_limits_took_in_is_taken_in()
    {
        var narrow = new RegistryOptions();
        Registration wide = PeerSamples.Said(new string('i', 8_192)) with
        {
            Service = new string('ɐ', 2_048), // which in upper case takes three bytes
            HostName = new string('h', 8_192),
            Metadata = Pairs(65_536),
            LeaseDuration = TimeSpan.FromDays(30),
        };
        Assert.NotNull(wide.Check(narrow));
        (Opcode opcode, byte[] payload) = PeerSamples.Encode(new ItemsPush(1, 0, [PeerSamples.Live(wide)]));
        Assert.Single(((ItemsPush)PeerSamples.Decode(opcode, payload, error => Assert.Fail(error.Message))!).States);
    }

    private static KeyValuePair<string, string>[] Pairs(int count) => [.. Enumerable.Range(0, count).Select(i => KeyValuePair.Create($"k{i}", "v"))];

    // Records of records print all that they hold, but for lists and memory.
    private static string Shown(PeerMessage message) =>
        message switch
        {
            RenewSet set => $"{set with { Numbers = default }} {Convert.ToHexString(set.Numbers.Span)}",
            SymbolsAnswer answer => $"{answer with { Symbols = default }} {Convert.ToHexString(answer.Symbols.Span)}",
            HomesRequest request => $"{request with { Numbers = [] }} {string.Join(' ', request.Numbers)}",
            DigestAnswer answer => $"{answer with { Buckets = [] }} {string.Join(' ', answer.Buckets)}",
            SymbolsRequest request => $"{request with { Buckets = [] }} {string.Join(' ', request.Buckets)}",
            ItemsRequest request => $"{request with { Items = [] }} {string.Join(' ', request.Items)}",
            FeedBatch batch => $"{batch with { States = [] }} {string.Join(' ', batch.States)}",
            ItemsAnswer answer => $"{answer with { States = [] }} {string.Join(' ', answer.States)}",
            ItemsPush push => $"{push with { States = [] }} {string.Join(' ', push.States)}",
            ItemsPushed pushed => $"{pushed with { Newer = [] }} {string.Join(' ', pushed.Newer)}",
            HomesAnswer answer => string.Join(' ', answer.Homes),
            _ => message.ToString(),
        };
}
