using System.Buffers;
using System.IO.Pipelines;
using Rollcall.Core.Access;
using Rollcall.Core.Leases;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>A node that does not keep to the protocol: the link fails with a <see cref="LinkException"/>, soon, and takes no memory for it.</summary>
public sealed class HostileNodeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    // Of All.
    private const int Calls = 7;

    private static readonly byte[] s_hello = RawLane.Frame(
        Opcode.Hello,
        1,
        output => new HelloAnswer(1, 0, Packings.Choose(Packings.Supported), 77, 1_048_576, 65_536, 262_144, 4, 130_000).Write(output),
        FrameFlags.Answer
    );

    [Fact]
    public async Task Every_cut_and_every_flip_of_a_hello_connects_or_fails()
    {
        for (int at = 0; at < s_hello.Length; at++)
        {
            await AssertFailsAsync(s_hello[..at], ConnectOnly);
            foreach (int bit in Enumerable.Range(0, 8))
            {
                byte[] flipped = [.. s_hello];
                flipped[at] ^= (byte)(1 << bit);
                await AssertFailsOrEndsAsync(flipped, ConnectOnly);
            }
        }
    }

    [Fact]
    public async Task Every_cut_and_every_flip_of_answers_ends_the_calls()
    {
        byte[] answers = await AnswersAsync();
        var random = new Random(17);
        for (int at = s_hello.Length; at < answers.Length; at++)
        {
            await AssertFailsAsync(answers[..at], All);
            byte[] flipped = [.. answers];
            flipped[at] ^= (byte)(1 << random.Next(8));
            await AssertFailsOrEndsAsync(flipped, All);
        }

        await AssertFailsOrEndsAsync(answers, All);
    }

    [Fact]
    public async Task Garbage_ends_the_calls()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            byte[] garbage = new byte[random.Next(1, 400)];
            random.NextBytes(garbage);
            await AssertFailsAsync([.. s_hello, .. garbage], All);
        }
    }

    [Fact]
    public async Task An_answer_to_nothing_breaks_the_link()
    {
        byte[] answer = RawLane.Frame(Opcode.Ping, 4_711, flags: FrameFlags.Answer);
        LinkException failure = await AssertFailsAsync([.. s_hello, .. answer], All);
        Assert.Contains("4711", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_over_the_limit_breaks_the_link_before_it_is_read()
    {
        byte[] header = new byte[FrameHeader.Size];
        new FrameHeader(uint.MaxValue, Opcode.Find, FrameFlags.Answer, 2).Write(header);
        LinkException failure = await AssertFailsAsync([.. s_hello, .. header], All);
        Assert.Contains(nameof(WireLinkOptions.FrameBytesMax), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_without_end_breaks_the_link_at_its_limit()
    {
        byte[] piece = RawLane.Frame(Opcode.ReadSnapshot, 2, output => output.Write(new byte[60_000]), FrameFlags.Answer | FrameFlags.More);
        byte[] endless = [.. s_hello, .. Enumerable.Repeat(piece, 40).SelectMany(bytes => bytes)];
        LinkException failure = await AssertFailsAsync(endless, All, new WireLinkOptions { MessageBytesMax = 1_000_000 });
        Assert.Contains(nameof(WireLinkOptions.MessageBytesMax), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packed_bomb_breaks_the_link()
    {
        Packing packing = Packings.Choose(Packings.Supported);
        byte[] bomb = RawLane.Frame(
            Opcode.ReadSnapshot,
            2,
            output => output.Write(Chunk.Pack(new byte[32 * 1024 * 1024], packing)),
            FrameFlags.Answer | FrameFlags.Packed
        );
        await AssertFailsAsync([.. s_hello, .. bomb], All, new WireLinkOptions { MessageBytesMax = 1_000_000 });
    }

    [Fact]
    public async Task A_watch_that_is_flooded_breaks_the_link()
    {
        byte[] update = RawLane.Frame(Opcode.Watch, 2, output => output.Write(UpdateHead.Of(UpdateKind.Progress, 5)), FrameFlags.Answer);
        byte[] flood = [.. s_hello, .. Enumerable.Repeat(update, 50).SelectMany(bytes => bytes)];
        using var node = new Node(flood, closes: false, requests: 1);
        await using WireLink link = await WireLink.ConnectAsync(node, new WireLinkOptions());
        IAsyncEnumerator<RegistryUpdate> updates = link.WatchAsync(InstanceFilter.All, default).GetAsyncEnumerator();
        await updates.MoveNextAsync().AsTask().WaitAsync(s_patience); // and is then not asked for more
        LinkException failure = await link.Closed.WaitAsync(s_patience);
        Assert.Equal(LinkFailure.Protocol, failure.Failure);
        await updates.DisposeAsync();
    }

    [Fact]
    public async Task A_node_that_says_nothing_is_given_up()
    {
        using var node = new Node([], closes: false, requests: 0);
        LinkException failure = await Assert.ThrowsAsync<LinkException>(async () =>
            await WireLink.ConnectAsync(node, new WireLinkOptions { ConnectTimeout = TimeSpan.FromMilliseconds(100) }).AsTask().WaitAsync(s_patience)
        );
        Assert.Equal(LinkFailure.Unreachable, failure.Failure);
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_given_up()
    {
        using var node = new Node(s_hello, closes: false, requests: 0);
        await using WireLink link = await WireLink.ConnectAsync(node, new WireLinkOptions { SilenceMax = TimeSpan.FromMilliseconds(200) });
        LinkException failure = await link.Closed.WaitAsync(s_patience);
        Assert.Contains(nameof(WireLinkOptions.SilenceMax), failure.Message, StringComparison.Ordinal);
    }

    // What a real session says to the calls of All, in their order.
    private static async Task<byte[]> AnswersAsync()
    {
        var under = new SteppedRegistry();
        under.Register("orders", "i-1");
        await using var wire = new MemoryWire(AccessPolicy.Open);
        await wire.StartAsync(under.Registry, CancellationToken.None);
        var recorder = new Recorder(wire.Open());
        await using (WireLink link = await WireLink.ConnectAsync(recorder, new WireLinkOptions()))
        {
            await All(link);
        }

        return recorder.Recorded;
    }

    private static Task ConnectOnly(WireLink link) => Task.CompletedTask;

    // One call for each kind of answer, sent together.
    private static async Task All(WireLink link)
    {
        var handles = new LeaseHandle[3];
        Task[] calls =
        [
            link.ReadAsync(InstanceFilter.All).AsTask(),
            link.FindAsync("orders", "i-1").AsTask(),
            link.RenewAsync(handles, new int[3]).AsTask(),
            link.RenewAsync("orders", "i-1").AsTask(),
            link.ReadDeltaAsync(new Core.Model.RegistryVersion(77, 0)).AsTask(),
            link.RenewAsync(default(LeaseHandle)).AsTask(),
            link.PingAsync().AsTask(),
        ];
        await Task.WhenAll(calls).WaitAsync(s_patience);
    }

    private static async Task<LinkException> AssertFailsAsync(byte[] said, Func<WireLink, Task> use, WireLinkOptions? options = null) =>
        await Assert.ThrowsAsync<LinkException>(() => UseAsync(said, use, options));

    private static async Task AssertFailsOrEndsAsync(byte[] said, Func<WireLink, Task> use)
    {
        try
        {
            await UseAsync(said, use, null);
        }
        catch (LinkException e)
        {
            Assert.False(string.IsNullOrWhiteSpace(e.Message));
        }
    }

    private static async Task UseAsync(byte[] said, Func<WireLink, Task> use, WireLinkOptions? options)
    {
        using var node = new Node(said, closes: true, Calls);
        await using WireLink link = await WireLink.ConnectAsync(node, options ?? new WireLinkOptions()).AsTask().WaitAsync(s_patience);
        await use(link);
    }

    /// <summary>Says what it is given: a hello at once, the rest when it was asked as often as was said; what it is asked it throws away.</summary>
    private sealed class Node : IWireDialer, IDisposable
    {
        private readonly MemoryLane _lane = new(bufferBytes: 16 * 1024 * 1024);

        public Node(byte[] said, bool closes, int requests)
        {
            _ = SayAsync(said, closes, requests);
        }

        public string Address => "memory://hostile";

        public int Lanes => 1;

        public ValueTask<IDuplexPipe> OpenLaneAsync(int lane, CancellationToken cancellation) => new(_lane.Client);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public void Dispose() => _lane.Server.Output.Complete();

        private async Task SayAsync(byte[] said, bool closes, int requests)
        {
            await HearAsync();
            await _lane.Server.Output.WriteAsync(said.AsMemory(0, Math.Min(said.Length, s_hello.Length)));
            for (int heard = 0; heard < requests && said.Length > s_hello.Length; heard++)
            {
                await HearAsync();
            }

            if (said.Length > s_hello.Length)
            {
                await _lane.Server.Output.WriteAsync(said.AsMemory(s_hello.Length));
            }

            if (closes)
            {
                await _lane.Server.Output.CompleteAsync();
            }
        }

        private async Task HearAsync()
        {
            ReadResult read = await _lane.Server.Input.ReadAtLeastAsync(FrameHeader.Size);
            FrameHeader header = FrameHeader.Read(read.Buffer.Slice(0, FrameHeader.Size).ToArray());
            _lane.Server.Input.AdvanceTo(read.Buffer.Start);
            read = await _lane.Server.Input.ReadAtLeastAsync(FrameHeader.Size + (int)header.Length);
            _lane.Server.Input.AdvanceTo(read.Buffer.GetPosition(FrameHeader.Size + header.Length));
        }
    }

    /// <summary>Hands a lane through and keeps what the node said.</summary>
    private sealed class Recorder(IDuplexPipe node) : IWireDialer
    {
        private readonly MemoryLane _lane = new();
        private readonly ArrayBufferWriter<byte> _recorded = new();

        public string Address => "memory://recorded";

        public int Lanes => 1;

        public byte[] Recorded => _recorded.WrittenSpan.ToArray();

        public ValueTask<IDuplexPipe> OpenLaneAsync(int lane, CancellationToken cancellation)
        {
            _ = CopyAsync(_lane.Server.Input, node.Output, null);
            _ = CopyAsync(node.Input, _lane.Server.Output, _recorded);
            return new(_lane.Client);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static async Task CopyAsync(PipeReader from, PipeWriter to, ArrayBufferWriter<byte>? copy)
        {
            ReadResult read;
            do
            {
                read = await from.ReadAsync();
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    copy?.Write(segment.Span);
                    await to.WriteAsync(segment);
                }

                from.AdvanceTo(read.Buffer.End);
            } while (!read.IsCompleted);
            await to.CompleteAsync();
            await from.CompleteAsync();
        }
    }
}
