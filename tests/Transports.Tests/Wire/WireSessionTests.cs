using System.Buffers;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>What a session does that no single answer shows: order, flow, limits, packing.</summary>
public sealed class WireSessionTests
{
    [Fact]
    public async Task A_heartbeat_is_answered_between_the_frames_of_a_snapshot()
    {
        var under = new SteppedRegistry();
        for (int i = 0; i < 10_000; i++)
        {
            under.Register("orders", $"i-{i}");
        }

        await using MemoryWire wire = await StartAsync(under);
        RawLane lane = await new RawLane(wire.Open()).GreetAsync();
        await lane.SendAsync(RawLane.Frame(Opcode.ReadSnapshot, 2, frame => frame.WriteFilter(InstanceFilter.All)));
        FrameHeader first = (await lane.ReadAsync())!.Value.Header;
        Assert.Equal((Opcode.ReadSnapshot, FrameFlags.Answer | FrameFlags.More), (first.Opcode, first.Flags));

        await lane.SendAsync(RawLane.Frame(Opcode.Ping, 3));
        int before = 0;
        int behind = 0;
        bool answered = false;
        for (bool ended = false; !ended;)
        {
            FrameHeader header = (await lane.ReadAsync())!.Value.Header;
            answered |= header.Opcode == Opcode.Ping;
            before += answered ? 0 : 1;
            behind += answered && header.Opcode == Opcode.ReadSnapshot ? 1 : 0;
            ended = header.Opcode == Opcode.ReadSnapshot && !header.Flags.HasFlag(FrameFlags.More);
            Assert.InRange(header.Length, 0u, 64u * 1024);
        }

        Assert.True(answered, "the ping was not answered while the snapshot went out");
        Assert.InRange(before, 0, 4); // what the lane held when the ping came
        Assert.InRange(behind, 3, 1_000);
    }

    [Fact]
    public async Task A_watch_gets_no_more_than_is_permitted_without_an_acknowledgement()
    {
        var under = new SteppedRegistry();
        under.Register("orders", "i-1");
        await using MemoryWire wire = await StartAsync(under, new WireOptions { UnacknowledgedUpdatesMax = 2 });
        RawLane lane = await new RawLane(wire.Open()).GreetAsync();
        await WatchAsync(lane, 2, new RegistryVersion(under.Registry.BootEpoch, 1));
        await PingAsync(lane); // so that the watch is there
        for (int i = 0; i < 2; i++)
        {
            Flip(under);
            Assert.Single(Read((await lane.ReadAsync())!.Value).Changes);
        }

        for (int i = 0; i < 3; i++)
        {
            Flip(under);
        }

        await PingAsync(lane); // nothing came before its answer
        await lane.SendAsync(RawLane.Frame(Opcode.Acknowledge, 2, frame => frame.WriteNumber(3)));
        Assert.Equal([4ul, 5, 6], Read((await lane.ReadAsync())!.Value).Changes.Select(change => change.Version));
    }

    [Fact]
    public async Task A_watch_that_ends_while_its_snapshot_goes_out_sends_nothing_behind_the_answer()
    {
        var under = new SteppedRegistry();
        for (int i = 0; i < 10_000; i++)
        {
            under.Register("orders", $"i-{i}");
        }

        await using MemoryWire wire = await StartAsync(under);
        RawLane lane = await new RawLane(wire.Open()).GreetAsync();
        await WatchAsync(lane, 2, RegistryVersion.None);
        Assert.True((await lane.ReadAsync())!.Value.Header.Flags.HasFlag(FrameFlags.More));
        await lane.SendAsync(RawLane.Frame(Opcode.Unwatch, 2));
        FrameHeader header;
        do
        {
            header = (await lane.ReadAsync())!.Value.Header;
        } while (header.Opcode == Opcode.Watch);

        Assert.Equal(Opcode.Unwatch, header.Opcode);
        Flip(under, "i-7");
        await PingAsync(lane);
        Assert.Equal(0, under.Registry.Subscribers.Read().Count);
    }

    [Fact]
    public async Task Limits_are_answered_with_the_option_and_the_session_goes_on()
    {
        var options = new WireOptions { WatchesPerSessionMax = 1, HandlesPerFrameMax = 2, FilterNamesMax = 2 };
        await using MemoryWire wire = await StartAsync(new SteppedRegistry(), options);
        RawLane lane = await new RawLane(wire.Open()).GreetAsync();
        await WatchAsync(lane, 2, RegistryVersion.None);
        await lane.ReadAsync();
        foreach (
            (byte[] request, string option) in ((byte[], string)[])
                [
                    (Watch(3, RegistryVersion.None), nameof(WireOptions.WatchesPerSessionMax)),
                    (RawLane.Frame(Opcode.RenewMany, 4, frame => frame.Write(new byte[24])), nameof(WireOptions.HandlesPerFrameMax)),
                    (
                        RawLane.Frame(Opcode.ReadSnapshot, 5, frame => frame.WriteFilter(InstanceFilter.Services("a", "b", "c"))),
                        nameof(WireOptions.FilterNamesMax)
                    ),
                ]
        )
        {
            await lane.SendAsync(request);
            (FrameHeader header, byte[] payload) = (await lane.ReadAsync())!.Value;
            (WireErrorCode code, string message) = ErrorRecord.Read(payload);
            Assert.Equal((WireErrorCode.OverLimit, FrameFlags.Answer), (code, header.Flags));
            Assert.Contains(option, message, StringComparison.Ordinal);
        }

        await PingAsync(lane);
    }

    [Fact]
    public async Task A_length_over_the_limit_is_refused_behind_the_answers_to_what_came_before()
    {
        var under = new SteppedRegistry();
        ulong handle = under.Register("orders", "i-1").Handle.Value;
        await using MemoryWire wire = await StartAsync(under);
        RawLane lane = await new RawLane(wire.Open()).GreetAsync();
        byte[] renewal = RawLane.Frame(Opcode.Renew, 2, frame => frame.WriteFixed64(handle));
        byte[] header = new byte[FrameHeader.Size];
        new FrameHeader(uint.MaxValue, Opcode.Renew, FrameFlags.None, 3).Write(header);
        await lane.SendAsync(new byte[][] { renewal, renewal, header }.SelectMany(bytes => bytes).ToArray());
        Assert.Equal([Opcode.Renew, Opcode.Renew, Opcode.Error], (await lane.EndAsync()).Select(answer => answer.Header.Opcode));
    }

    [Theory]
    [InlineData(PackingSet.Brotli, Packing.Brotli)]
    [InlineData(PackingSet.Lz4 | PackingSet.Brotli, null)]
    [InlineData(PackingSet.None, Packing.None)]
    [InlineData((PackingSet)0xF0, Packing.None)]
    public async Task Snapshots_are_packed_as_both_sides_can(object wished, object? expected)
    {
        Packing packing = (Packing?)expected ?? (Lz4.IsSupported ? Packing.Lz4 : Packing.Brotli);
        var under = new SteppedRegistry();
        for (int i = 0; i < 500; i++)
        {
            under.Register("orders", $"i-{i}");
        }

        await using MemoryWire wire = await StartAsync(under);
        RawLane lane = await new RawLane(wire.Open()).GreetAsync((PackingSet)wished);
        await lane.SendAsync(RawLane.Frame(Opcode.ReadSnapshot, 2, frame => frame.WriteFilter(InstanceFilter.All)));
        (FrameHeader header, byte[] payload) = (await lane.ReadAsync())!.Value;
        Assert.Equal(packing != Packing.None, header.Flags.HasFlag(FrameFlags.Packed));
        Assert.Equal(500, Read((header, payload), packing).Instances.Count);
    }

    [Fact]
    public async Task A_session_ends_with_the_reason_when_the_server_stops()
    {
        MemoryWire wire = await StartAsync(new SteppedRegistry());
        WireLink link = await wire.ConnectAsync();
        await wire.DisposeAsync();
        LinkException reason = await link.Closed.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((LinkFailure.Unavailable, "The server stops."), (reason.Failure, reason.Message));
        await link.DisposeAsync();
    }

    [Fact]
    public async Task Handles_of_more_than_one_frame_go_in_several()
    {
        var under = new SteppedRegistry();
        Core.Leases.LeaseHandle[] handles = [.. Enumerable.Range(0, 10).Select(i => under.Register("orders", $"i-{i}").Handle)];
        handles[2] = default;
        handles[9] = default;
        await using MemoryWire wire = await StartAsync(under, new WireOptions { HandlesPerFrameMax = 4 });
        await using WireLink link = await wire.ConnectAsync();
        int[] unknown = new int[10];
        Assert.Equal(2, await link.RenewAsync(handles, unknown));
        Assert.Equal([2, 9], unknown[..2]);
    }

    [Fact]
    public void Options_tell_all_that_is_wrong_with_them()
    {
        Assert.Empty(new WireOptions().Validate());
        var bad = new WireOptions { FrameBytesMax = 4_096, SessionsMax = 0, HelloTimeout = TimeSpan.Zero };
        Assert.Equal(["HandlesPerFrameMax", "HelloTimeout", "SessionsMax"], bad.Validate().Select(problem => problem.Name).Order());
        Assert.Throws<ArgumentException>(() =>
            new WireServer(new SteppedRegistry().Registry, bad, AccessPolicy.Open, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)
        );
    }

    [Fact]
    public void Credentials_and_hellos_never_show_their_secret()
    {
        var hello = new HelloRequest(1, 0, default, default, "client", CredentialKind.Token, "user", "s3cret");
        string shown = $"{WireCredentials.Token("s3cret")} {WireCredentials.Password("user", "s3cret")} {hello}";
        Assert.DoesNotContain("s3cret", shown, StringComparison.Ordinal);
    }

    private static async Task<MemoryWire> StartAsync(SteppedRegistry under, WireOptions? options = null)
    {
        var wire = new MemoryWire(AccessPolicy.Open, options);
        await wire.StartAsync(under.Registry, CancellationToken.None);
        return wire;
    }

    private static byte[] Watch(uint correlation, RegistryVersion since) =>
        RawLane.Frame(
            Opcode.Watch,
            correlation,
            frame =>
            {
                frame.WriteFilter(InstanceFilter.All);
                Transports.Wire.Links.Requests.WriteVersion(frame, since);
            }
        );

    private static Task WatchAsync(RawLane lane, uint correlation, RegistryVersion since) => lane.SendAsync(Watch(correlation, since));

    private static async Task PingAsync(RawLane lane)
    {
        await lane.SendAsync(RawLane.Frame(Opcode.Ping, 99));
        Assert.Equal(Opcode.Ping, (await lane.ReadAsync())!.Value.Header.Opcode);
    }

    private static void Flip(SteppedRegistry under, string id = "i-1") =>
        under.SetStatus("orders", id, under.Find("orders", id)!.Override?.Status == InstanceStatus.Down ? InstanceStatus.OutOfService : InstanceStatus.Down);

    private static RegistryUpdate Read((FrameHeader Header, byte[] Payload) frame, Packing packing = Packing.None)
    {
        byte[] plain = packing == Packing.None ? frame.Payload : Chunk.Unpack(frame.Payload, packing, 1 << 24);
        var reader = new PayloadReader(plain);
        RegistryUpdate update = UpdateRecord.Read(ref reader, 1, new ServiceNames());
        Assert.True(reader.AtEnd);
        return update;
    }
}
