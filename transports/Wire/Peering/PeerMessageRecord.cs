using System.Buffers;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Wire.Peering;

/// <summary>What nodes of a cluster say to each other, as it travels. The layouts are in WIRE.md.</summary>
/// <remarks>Errors: bytes that are no message read as null; nothing is taken for a count that the bytes could not hold.</remarks>
internal static class PeerMessageRecord
{
    private const int ItemBytes = 6;

    /// <summary>Writes the payload of a message; returns its opcode.</summary>
    public static Opcode Write(IBufferWriter<byte> output, PeerMessage message)
    {
        switch (message)
        {
            case PeerHello hello:
                output.WriteNumber(hello.Node);
                output.WriteText(hello.ClusterId);
                output.WriteVersion(hello.Version);
                output.WriteByte((byte)((hello.Warming ? 1 : 0) | (hello.Heard ? 2 : 0)));
                return Opcode.PeerHello;
            case PeerRefusal refusal:
                output.WriteText(refusal.Reason);
                return Opcode.PeerRefusal;
            case PeerReady ready:
                output.WriteVersion(ready.Version);
                return Opcode.PeerReady;
            case FeedRequest request:
                output.WriteVersion(request.Since);
                return Opcode.FeedRequest;
            case FeedBatch batch:
                output.WriteFixed64(batch.Boot);
                output.WriteNumber(batch.From);
                output.WriteNumber(unchecked(batch.To - batch.From));
                output.WriteFlag(batch.Reset);
                WriteStates(output, batch.States);
                return Opcode.FeedBatch;
            case FeedAck ack:
                output.WriteFixed64(ack.Boot);
                output.WriteNumber(ack.Applied);
                output.WriteFlag(ack.Gap);
                return Opcode.FeedAck;
            case RenewSet set:
                output.WriteNumber(set.Node);
                output.WriteFixed64(set.Boot);
                output.WriteNumber(set.Batch);
                output.Write(set.Numbers.Span);
                return Opcode.RenewSet;
            case HomesRequest request:
                output.WriteNumber(request.Node);
                output.WriteFixed64(request.Boot);
                output.WriteNumber((ulong)request.Numbers.Count);
                foreach (uint number in request.Numbers)
                {
                    output.WriteNumber(number);
                }

                return Opcode.HomesRequest;
            case HomesAnswer answer:
                WriteStates(output, answer.Homes);
                return Opcode.HomesAnswer;
            default:
                return WriteRepair(output, message);
        }
    }

    /// <summary>Reads the payload of a message; null if it is none.</summary>
    /// <param name="opcode">Its opcode.</param>
    /// <param name="payload">It.</param>
    /// <param name="services">The services that have come over the lane.</param>
    /// <param name="leave">Told of each state that is left out of the message.</param>
    public static PeerMessage? Read(Opcode opcode, ReadOnlySpan<byte> payload, ServiceNames services, Action<RegistryError> leave)
    {
        var reader = new PayloadReader(payload);
        PeerMessage? message = opcode switch
        {
            Opcode.PeerHello => ReadHello(ref reader),
            Opcode.PeerRefusal => new PeerRefusal(reader.Text()),
            Opcode.PeerReady => new PeerReady(reader.Version()),
            Opcode.FeedRequest => new FeedRequest(reader.Version()),
            Opcode.FeedBatch => ReadBatch(ref reader, services, leave),
            Opcode.FeedAck => new FeedAck(reader.Fixed64(), reader.Number(), reader.Flag()),
            Opcode.RenewSet => new RenewSet(reader.Number32(), reader.Fixed64(), reader.Number(), reader.Bytes(reader.Left).ToArray()),
            Opcode.HomesRequest => new HomesRequest(reader.Number32(), reader.Fixed64(), ReadNumbers(ref reader)),
            Opcode.HomesAnswer => new HomesAnswer(ReadStates(ref reader, services, leave)),
            _ => ReadRepair(opcode, ref reader, services, leave),
        };
        return reader.AtEnd ? message : null;
    }

    private static Opcode WriteRepair(IBufferWriter<byte> output, PeerMessage message)
    {
        switch (message)
        {
            case RepairRequest:
                return Opcode.RepairRequest;
            case DigestOffer offer:
                output.WriteNumber(offer.Round);
                output.WriteFixed64(offer.Root);
                output.WriteNumber((ulong)offer.Count);
                return Opcode.DigestOffer;
            case DigestAnswer answer:
                output.WriteNumber(answer.Round);
                output.WriteNumber(answer.Version);
                output.WriteNumber((ulong)answer.Count);
                output.WriteFlag(answer.Equal);
                output.WriteWords(answer.Buckets);
                return Opcode.DigestAnswer;
            case SymbolsRequest request:
                output.WriteNumber(request.Round);
                output.WriteNumber((ulong)request.From);
                output.WriteNumber((ulong)request.Count);
                output.WriteFixed64(request.Salt);
                output.WriteWords(request.Buckets);
                return Opcode.SymbolsRequest;
            case SymbolsAnswer answer:
                output.WriteNumber(answer.Round);
                output.WriteNumber(answer.Version);
                output.WriteNumber((ulong)answer.From);
                output.Write(answer.Symbols.Span);
                return Opcode.SymbolsAnswer;
            case ItemsRequest request:
                output.WriteNumber(request.Round);
                output.WriteNumber((ulong)request.Portion);
                WriteItems(output, request.Items);
                return Opcode.ItemsRequest;
            case ItemsAnswer answer:
                output.WriteNumber(answer.Round);
                output.WriteNumber((ulong)answer.Portion);
                output.WriteNumber((ulong)answer.Part);
                output.WriteFlag(answer.Last);
                output.WriteNumber(answer.Version);
                WriteStates(output, answer.States);
                return Opcode.ItemsAnswer;
            case ItemsPush push:
                output.WriteNumber(push.Round);
                output.WriteNumber((ulong)push.Part);
                WriteStates(output, push.States);
                return Opcode.ItemsPush;
            case ItemsPushed pushed:
                output.WriteNumber(pushed.Round);
                output.WriteNumber((ulong)pushed.Part);
                WriteStates(output, pushed.Newer);
                return Opcode.ItemsPushed;
            case RepairDone done:
                output.WriteNumber(done.Round);
                output.WriteNumber(done.Version);
                output.WriteFlag(done.Equal);
                return Opcode.RepairDone;
            default:
                throw new ArgumentException($"{message.GetType().Name} has no form on the wire.", nameof(message));
        }
    }

    private static PeerMessage? ReadRepair(Opcode opcode, ref PayloadReader reader, ServiceNames services, Action<RegistryError> leave) =>
        opcode switch
        {
            Opcode.RepairRequest => new RepairRequest(),
            Opcode.DigestOffer => new DigestOffer(reader.Number32(), reader.Fixed64(), reader.Positive()),
            Opcode.DigestAnswer => new DigestAnswer(
                reader.Number32(),
                reader.Number(),
                reader.Positive(),
                reader.Flag(),
                reader.Words()
            ),
            Opcode.SymbolsRequest => new SymbolsRequest(
                reader.Number32(),
                reader.Positive(),
                reader.Positive(),
                reader.Fixed64(),
                reader.Words()
            ),
            Opcode.SymbolsAnswer => new SymbolsAnswer(
                reader.Number32(),
                reader.Number(),
                reader.Positive(),
                reader.Bytes(reader.Left).ToArray()
            ),
            Opcode.ItemsRequest => new ItemsRequest(reader.Number32(), reader.Positive(), ReadItems(ref reader)),
            Opcode.ItemsAnswer => new ItemsAnswer(
                reader.Number32(),
                reader.Positive(),
                reader.Positive(),
                reader.Flag(),
                reader.Number(),
                ReadStates(ref reader, services, leave)
            ),
            Opcode.ItemsPush => new ItemsPush(reader.Number32(), reader.Positive(), ReadStates(ref reader, services, leave)),
            Opcode.ItemsPushed => new ItemsPushed(reader.Number32(), reader.Positive(), ReadStates(ref reader, services, leave)),
            Opcode.RepairDone => new RepairDone(reader.Number32(), reader.Number(), reader.Flag()),
            _ => null,
        };

    private static PeerHello ReadHello(ref PayloadReader reader)
    {
        uint node = reader.Number32();
        string cluster = reader.Text();
        RegistryVersion version = reader.Version();
        byte flags = reader.Byte();
        if (flags > 3)
        {
            reader.Fail();
        }

        return new PeerHello(node, cluster, version, (flags & 1) != 0, (flags & 2) != 0);
    }

    private static FeedBatch ReadBatch(ref PayloadReader reader, ServiceNames services, Action<RegistryError> leave)
    {
        ulong boot = reader.Fixed64();
        ulong from = reader.Number();
        ulong to = unchecked(from + reader.Number());
        if (to < from)
        {
            reader.Fail();
        }

        return new FeedBatch(boot, from, to, reader.Flag(), ReadStates(ref reader, services, leave));
    }

    private static void WriteStates(IBufferWriter<byte> output, IReadOnlyList<KeyedState> states)
    {
        StateRow row = default;
        foreach (KeyedState state in states)
        {
            StateRecord.Write(output, state, ref row);
        }
    }

    // Up to the end. A peer is trusted to be Rollcall: what it took in by its limits is taken in here, whose limits may be narrower, or
    // the two would never agree; InstancesMax and TombstonesMax bound how much. But what no registry takes in, whatever its limits,
    // because it would spoil a format for all readers, can only come of a fault: it is left out, counted, and said once per link. Of
    // that record the two never agree, of all else they do; to end the link would part the cluster for one record.
    private static List<KeyedState> ReadStates(ref PayloadReader reader, ServiceNames services, Action<RegistryError> leave)
    {
        var states = new List<KeyedState>();
        StateRow row = default;
        while (reader.Left > 0)
        {
            KeyedState state = StateRecord.Read(ref reader, services, ref row, out Registration? said);
            if (reader.Failed)
            {
                break;
            }

            if ((said is null ? state.CheckKey(RegistryOptions.Widest) : said.Check(RegistryOptions.Widest)) is { } error)
            {
                leave(error);
            }
            else
            {
                states.Add(state);
            }
        }

        return states;
    }

    private static uint[] ReadNumbers(ref PayloadReader reader)
    {
        uint[] numbers = new uint[reader.Count(bytesEach: 1)];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = reader.Number32();
        }

        return numbers;
    }

    private static void WriteItems(IBufferWriter<byte> output, IReadOnlyList<ulong> items)
    {
        output.WriteNumber((ulong)items.Count);
        foreach (ulong item in items)
        {
            Span<byte> bytes = output.GetSpan(ItemBytes);
            for (int i = 0; i < ItemBytes; i++)
            {
                bytes[i] = (byte)(item >> (8 * i));
            }

            output.Advance(ItemBytes);
        }
    }

    private static ulong[] ReadItems(ref PayloadReader reader)
    {
        ulong[] items = new ulong[reader.Count(ItemBytes)];
        for (int i = 0; i < items.Length; i++)
        {
            ReadOnlySpan<byte> bytes = reader.Bytes(ItemBytes);
            for (int at = 0; at < bytes.Length; at++)
            {
                items[i] |= (ulong)bytes[at] << (8 * at);
            }
        }

        return items;
    }
}

/// <summary>Values that occur in several messages of peers.</summary>
internal static class PeerValues
{
    public static void WriteVersion(this IBufferWriter<byte> output, in RegistryVersion version)
    {
        output.WriteFixed64(version.Epoch);
        output.WriteNumber(version.Number);
    }

    public static RegistryVersion Version(this ref PayloadReader reader) => new(reader.Fixed64(), reader.Number());

    public static void WriteFlag(this IBufferWriter<byte> output, bool value) => output.WriteByte(value ? (byte)1 : (byte)0);

    public static bool Flag(this ref PayloadReader reader)
    {
        byte value = reader.Byte();
        if (value > 1)
        {
            reader.Fail();
        }

        return value == 1;
    }

    /// <summary>A number of 31 bits.</summary>
    public static int Positive(this ref PayloadReader reader)
    {
        uint value = reader.Number32();
        if (value > int.MaxValue)
        {
            reader.Fail();
            return 0;
        }

        return (int)value;
    }

    public static void WriteWords(this IBufferWriter<byte> output, IReadOnlyList<ulong> words)
    {
        output.WriteNumber((ulong)words.Count);
        foreach (ulong word in words)
        {
            output.WriteFixed64(word);
        }
    }

    public static ulong[] Words(this ref PayloadReader reader)
    {
        ulong[] words = new ulong[reader.Count(bytesEach: sizeof(ulong))];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = reader.Fixed64();
        }

        return words;
    }
}
