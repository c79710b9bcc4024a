using System.Buffers;
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
    public void A_state_that_no_registry_accepts_makes_the_message_none()
    {
        KeyedState state = PeerSamples.States[1];
        Assert.NotNull(Read(state));
        Assert.Null(Read(state with { IdUtf8 = default }));
        Assert.Null(Read(state with { Service = new("") }));

        static PeerMessage? Read(KeyedState state)
        {
            (Opcode opcode, byte[] payload) = PeerSamples.Encode(new HomesAnswer([state]));
            return PeerSamples.Decode(opcode, payload);
        }
    }

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
