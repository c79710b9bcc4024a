using System.Buffers;
using System.IO.Pipelines;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Peering;

namespace Rollcall.Transports.Tests.Peering;

/// <summary>Frames between nodes: messages of any size come through, and an end that does not keep to the rules is told so.</summary>
public sealed class WirePeerLaneTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_message_comes_through_packed_and_plain()
    {
        foreach (Packing packing in (Packing[])[Packing.None, Packing.Brotli, Lz4.IsSupported ? Packing.Lz4 : Packing.Brotli])
        {
            await using var pair = new Pair(packing, new WireOptions { PackBytesMin = 64 });
            foreach (PeerMessage message in PeerSamples.Messages)
            {
                await pair.A.SendAsync(message);
                await pair.A.FlushAsync();
                PeerMessage? came = await pair.B.ReceiveAsync().AsTask().WaitAsync(s_deadline);
                Assert.Equal(PeerSamples.Encode(message).Payload, PeerSamples.Encode(came!).Payload);
            }

            Assert.Equal(pair.A.Path.BytesSent, pair.B.Path.BytesReceived);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_of_a_megabyte_goes_in_frames_of_64_kB(bool packed)
    {
        byte[] numbers = new byte[1_000_000];
        new Random(3).NextBytes(numbers.AsSpan(0, packed ? 300_000 : numbers.Length)); // the rest packs well
        var message = new RenewSet(1, 2, 3, numbers);
        await using var pair = new Pair(packed ? Packing.Brotli : Packing.None);
        Task<PeerMessage?> receiving = pair.B.ReceiveAsync().AsTask();
        await pair.A.SendAsync(message).AsTask().WaitAsync(s_deadline);
        await pair.A.FlushAsync().AsTask().WaitAsync(s_deadline);
        var came = (RenewSet?)await receiving.WaitAsync(s_deadline);
        Assert.True(came!.Numbers.Span.SequenceEqual(numbers));
        Assert.InRange(pair.A.Path.BytesSent, packed ? 300_000 : 1_000_000, packed ? 900_000 : 1_001_000);
    }

    [Fact]
    public async Task The_largest_record_that_any_registry_takes_in_comes_through_and_leaves_room_for_the_largest_batch()
    {
        RegistryOptions limits = RegistryOptions.Widest;
        KeyedState largest = PeerSamples.Live(Largest(limits));
        const int BatchBytesMax = 16_777_216;
        var options = new ClusterOptions { ClusterId = "c", BatchBytesMax = BatchBytesMax };
        Assert.Empty(options.Validate());
        Assert.Single((options with { BatchBytesMax = BatchBytesMax + 1 }).Validate());
        Assert.InRange(BatchBytesMax + largest.BytesMax, BatchBytesMax + (2 * limits.MetadataBytesMax), WirePeerLane.MessageBytesMax - 1_024);

        await using var pair = new Pair(Packing.None);
        Task<PeerMessage?> receiving = pair.B.ReceiveAsync().AsTask();
        await pair.A.SendAsync(new FeedBatch(1, 0, 1, Reset: false, [largest])).AsTask().WaitAsync(s_deadline);
        await pair.A.FlushAsync().AsTask().WaitAsync(s_deadline);
        var came = (FeedBatch?)await receiving.WaitAsync(s_deadline);
        Assert.Equal(Portrait.Of(largest.State.Content.Record!), Portrait.Of(Assert.Single(came!.States).State.Content.Record!));
        Assert.Equal(0, pair.B.Path.LeftOut);
        Assert.InRange(pair.A.Path.BytesSent, 2 * limits.MetadataBytesMax, largest.BytesMax + (largest.BytesMax / 1_000));
    }

    // Every text as long as it may be, and in as many pieces.
    private static Registration Largest(RegistryOptions limits)
    {
        int valueBytes = (limits.MetadataBytesMax / limits.MetadataPairsMax) - 5;
        KeyValuePair<string, string>[] pairs =
        [
            .. Enumerable.Range(0, limits.MetadataPairsMax).Select(i => KeyValuePair.Create($"{i:x5}", new string((char)('a' + (i % 26)), valueBytes))),
        ];
        string url = new('u', limits.UrlBytesMax);
        string vips = new('v', limits.VipsBytesMax);
        string host = new('h', limits.HostBytesMax);
        return PeerSamples.Said(new string('i', limits.IdBytesMax)) with
        {
            Service = new string('S', limits.ServiceBytesMax),
            HostName = host,
            Address = host,
            Zone = host,
            Region = host,
            Vips = vips,
            SecureVips = vips,
            HomePageUrl = url,
            StatusPageUrl = url,
            HealthCheckUrl = url,
            SecureHealthCheckUrl = url,
            Metadata = pairs,
            Attributes = pairs,
        };
    }

    [Fact]
    public async Task A_sender_waits_for_a_peer_that_takes_nothing()
    {
        await using var pair = new Pair(Packing.None);
        var message = new RenewSet(1, 2, 3, new byte[60_000]);
        int sent = 0;
        Task sending = Task.Run(async () =>
        {
            for (; sent < 100; sent++)
            {
                await pair.A.SendAsync(message);
            }

            await pair.A.FlushAsync();
        });
        for (int i = 0; i < 100; i++)
        {
            // A few frames fit the buffers between the two, and no more.
            Assert.InRange(Volatile.Read(ref sent) - i, -1, 8);
            Assert.NotNull(await pair.B.ReceiveAsync().AsTask().WaitAsync(s_deadline));
        }

        await sending.WaitAsync(s_deadline);
    }

    [Fact]
    public async Task Bytes_that_are_cut_anywhere_end_without_a_message_and_without_a_fault()
    {
        (Opcode opcode, byte[] payload) = PeerSamples.Encode(PeerSamples.Messages[0]);
        byte[] frame = PeerSamples.Frame(opcode, FrameFlags.None, payload);
        for (int length = 0; length < frame.Length; length++)
        {
            var lane = new MemoryLane();
            await lane.Client.Output.WriteAsync(frame.AsMemory(0, length));
            await lane.Client.Output.CompleteAsync();
            await using var server = new WirePeerLane(lane.Server, new PeerPath("test"), Packing.None, new WireOptions());
            Assert.Null(await server.ReceiveAsync().AsTask().WaitAsync(s_deadline));
        }
    }

    public static TheoryData<string, byte[]> Breaches =>
        new()
        {
            { "over 65536", PeerSamples.Frame(Opcode.FeedAck, FrameFlags.None, new byte[65_537]) },
            { "flags 0x01", PeerSamples.Frame(Opcode.FeedAck, FrameFlags.Answer, []) },
            { "flags 0x80", PeerSamples.Frame(Opcode.FeedAck, (FrameFlags)0x80, []) },
            { "correlation id 5", PeerSamples.Frame(Opcode.FeedAck, FrameFlags.None, [], correlation: 5) },
            { "is none", PeerSamples.Frame(Opcode.FeedAck, FrameFlags.None, [1]) },
            { "is none", PeerSamples.Frame(Opcode.Register, FrameFlags.None, []) },
            { "is none", PeerSamples.Frame(Opcode.Hello, FrameFlags.None, []) },
            { "is none", PeerSamples.Frame((Opcode)0x5f, FrameFlags.None, []) },
            { "packed bytes", PeerSamples.Frame(Opcode.FeedAck, FrameFlags.Packed, [0xff, 0xff, 0xff, 0x7f, 1, 0]) },
            {
                "amid a message 0x46",
                [.. PeerSamples.Frame(Opcode.RenewSet, FrameFlags.More, [1]), .. PeerSamples.Frame(Opcode.FeedAck, FrameFlags.None, [])]
            },
            {
                "amid a message 0x46",
                [.. PeerSamples.Frame(Opcode.RenewSet, FrameFlags.More, [1]), .. PeerSamples.Frame(Opcode.Ping, FrameFlags.None, [])]
            },
        };

    [Theory]
    [MemberData(nameof(Breaches))]
    public async Task What_is_not_as_agreed_ends_the_lane_with_a_reason_at_both_ends(string reason, byte[] bytes)
    {
        var lane = new MemoryLane(bufferBytes: 1024 * 1024);
        await using var server = new WirePeerLane(lane.Server, new PeerPath("test"), Packing.Brotli, new WireOptions());
        await lane.Client.Output.WriteAsync(bytes);
        LinkException here = await Assert.ThrowsAsync<LinkException>(() => server.ReceiveAsync().AsTask().WaitAsync(s_deadline));
        Assert.Equal(LinkFailure.Protocol, here.Failure);
        Assert.Contains(reason, here.Message, StringComparison.Ordinal);

        await using var client = new WirePeerLane(lane.Client, new PeerPath("test"), Packing.Brotli, new WireOptions());
        LinkException there = await Assert.ThrowsAsync<LinkException>(() => client.ReceiveAsync().AsTask().WaitAsync(s_deadline));
        Assert.Contains(reason, there.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_never_ends_is_given_up()
    {
        var lane = new MemoryLane();
        await using var server = new WirePeerLane(lane.Server, new PeerPath("test"), Packing.None, new WireOptions());
        Task<PeerMessage?> receiving = server.ReceiveAsync().AsTask();
        byte[] frame = PeerSamples.Frame(Opcode.RenewSet, FrameFlags.More, new byte[WirePeerLane.FrameBytesMax]);
        for (int i = 0; i <= 1024 && !receiving.IsCompleted; i++)
        {
            await Task.WhenAny(lane.Client.Output.WriteAsync(frame).AsTask(), receiving).WaitAsync(s_deadline); // then nobody reads
        }

        LinkException thrown = await Assert.ThrowsAsync<LinkException>(() => receiving.WaitAsync(s_deadline));
        Assert.Contains("over 67108864 bytes", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_falls_silent_is_given_up_and_one_that_has_nothing_to_say_is_not()
    {
        var options = new WireOptions { PeerSilenceTimeout = TimeSpan.FromSeconds(1) };
        var lane = new MemoryLane();
        await using var silent = new WirePeerLane(lane.Server, new PeerPath("the silent one"), Packing.None, options);
        LinkException thrown = await Assert.ThrowsAsync<LinkException>(() => silent.ReceiveAsync().AsTask().WaitAsync(s_deadline));
        Assert.Contains("the silent one sent nothing for 1 s (WireOptions.PeerSilenceTimeout)", thrown.Message, StringComparison.Ordinal);

        // It has pinged meanwhile.
        ReadResult said = await lane.Client.Input.ReadAsync();
        Assert.Equal(Opcode.Ping, FrameHeader.Read(said.Buffer.Slice(0, FrameHeader.Size).ToArray()).Opcode);
    }

    [Fact]
    public async Task Break_ends_what_is_under_way()
    {
        await using var pair = new Pair(Packing.None);
        Task<PeerMessage?> receiving = pair.A.ReceiveAsync().AsTask();
        pair.A.Break();
        await Assert.ThrowsAsync<LinkException>(() => receiving.WaitAsync(s_deadline));
        await Assert.ThrowsAsync<LinkException>(() => pair.A.SendAsync(PeerSamples.Messages[0]).AsTask());
    }

    private sealed class Pair : IAsyncDisposable
    {
        public Pair(Packing packing, WireOptions? options = null)
        {
            var lane = new MemoryLane();
            A = new WirePeerLane(lane.Client, new PeerPath("b"), packing, options ?? new WireOptions());
            B = new WirePeerLane(lane.Server, new PeerPath("a"), packing, options ?? new WireOptions());
        }

        public WirePeerLane A { get; }

        public WirePeerLane B { get; }

        public async ValueTask DisposeAsync()
        {
            await A.DisposeAsync();
            await B.DisposeAsync();
        }
    }
}
