using System.Buffers;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Peering;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Tests.Peering;

/// <summary>Every message of peers once: test vectors of WIRE.md.</summary>
internal static class PeerSamples
{
    private const ulong Boot = 0x5eed;
    private const long AtMs = 1_795_334_400_000;

    private static readonly ServiceName s_orders = new("orders");
    private static readonly Revision s_revision = new(1, (ulong)AtMs << 16, 7);

    /// <summary>A state of each kind.</summary>
    public static IReadOnlyList<KeyedState> States { get; } =
    [
        State("i-1", Live(Said("i-1")).State.Content, null),
        State("i-2", new Content(s_revision with { Epoch = 2 }, null, ChangeCause.Cancelled), new(InstanceStatus.Unknown, s_revision, AtMs)),
        State("i-3", default, new(InstanceStatus.OutOfService, s_revision, AtMs)),
    ];

    /// <summary>Every message, by the name of its operation.</summary>
    public static IReadOnlyList<PeerMessage> Messages { get; } =
    [
        new PeerHello(7, "rollcall", new RegistryVersion(Boot, 300), Warming: true, Heard: false),
        new PeerRefusal("the peer is of cluster 'a', this is 'b'"),
        new PeerReady(new RegistryVersion(Boot, 300)),
        new FeedRequest(new RegistryVersion(Boot, 12)),
        new FeedBatch(Boot, 300, 303, Reset: false, States),
        new FeedAck(Boot, 303, Gap: true),
        new RenewSet(7, Boot, 5, new byte[] { 0, 3, 0x0a }),
        new HomesRequest(7, Boot, [1, 300]),
        new HomesAnswer([State("i-1", default, null)]),
        new RepairRequest(),
        new DigestOffer(9, 0x0102030405060708, 3),
        new DigestAnswer(9, 303, 3, Equal: false, [0, ulong.MaxValue]),
        new SymbolsRequest(9, 0, 32, 0x1122334455667788, [5, 0]),
        new SymbolsAnswer(9, 303, 0, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }),
        new ItemsRequest(9, 1, [0x0000010203040506, 0x0000ffffffffffff]),
        new ItemsAnswer(9, 1, 0, Last: true, 303, [States[1]]),
        new ItemsPush(9, 2, [States[0]]),
        new ItemsPushed(9, 2, []),
        new RepairDone(9, 303, Equal: false),
    ];

    /// <summary>A message as payload.</summary>
    public static (Opcode Opcode, byte[] Payload) Encode(PeerMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        Opcode opcode = PeerMessageRecord.Write(output, message);
        return (opcode, output.WrittenSpan.ToArray());
    }

    /// <summary>A payload as message; null if it is none.</summary>
    public static PeerMessage? Decode(Opcode opcode, ReadOnlySpan<byte> payload, Action<RegistryError>? leave = null) =>
        PeerMessageRecord.Read(opcode, payload, new ServiceNames(), leave ?? (_ => { }));

    /// <summary>A frame as it goes out.</summary>
    public static byte[] Frame(Opcode opcode, FrameFlags flags, ReadOnlySpan<byte> payload, uint correlation = 0)
    {
        byte[] frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader((uint)payload.Length, opcode, flags, correlation).Write(frame);
        payload.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    private static KeyedState State(string id, Content content, StatusOverride? overriding) =>
        new(s_orders, System.Text.Encoding.UTF8.GetBytes(id), new KeyState(content, overriding, new Home(7, Boot, 3, (ulong)AtMs << 16)));

    /// <summary>The state of what an owner says, checked or not.</summary>
    public static KeyedState Live(Registration said)
    {
        var service = new ServiceName(said.Service);
        Instance record = Instance.Restore(service, said, new InstanceFacts(0, 0, s_revision, null, AtMs, AtMs, AtMs, ChangeKind.Added));
        return new KeyedState(service, record.IdUtf8.ToArray(), new KeyState(new Content(s_revision, record, default), null, default));
    }

    /// <summary>What an owner says.</summary>
    public static Registration Said(string id) =>
        new()
        {
            Service = "orders",
            Id = id,
            HostName = "i-1.example.org",
            Address = "10.0.0.1",
            Port = 8080,
            PortEnabled = true,
            Weight = 100,
            Status = InstanceStatus.Up,
            LeaseDuration = TimeSpan.FromSeconds(90),
            RenewalInterval = TimeSpan.FromSeconds(30),
            ClientStamp = AtMs,
            Metadata = [KeyValuePair.Create("zone", "a")],
        };
}
