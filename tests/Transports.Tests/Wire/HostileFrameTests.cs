using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Links;
using Rollcall.Transports.Wire.Records;
using LinkRequests = Rollcall.Transports.Wire.Links.Requests;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>Bytes that no client of ours sends: each session answers, or ends with an error frame, and nobody else notices.</summary>
public sealed class HostileFrameTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static readonly byte[][] s_requests = MakeRequests();

    public static TheoryData<int> Requests => [.. Enumerable.Range(0, s_requests.Length)];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Every_cut_of_a_request_ends_in_silence_and_changes_nothing(int request)
    {
        await using var under = await Venue.StartAsync();
        ulong version = under.Registry.Version;
        byte[] whole = s_requests[request];
        for (int length = 0; length < whole.Length; length++)
        {
            RawLane lane = await under.GreetAsync();
            await lane.SendAsync(whole.AsMemory(0, length));
            Assert.Empty(await lane.EndAsync());
        }

        Assert.Equal(version, under.Registry.Version);
        await under.AssertAliveAsync();
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Every_flip_of_a_request_is_answered_or_ends_the_session_with_a_reason(int request)
    {
        await using var under = await Venue.StartAsync();
        byte[] whole = s_requests[request];
        var random = new Random(request);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << random.Next(8));
            await under.AssertAnsweredAsync(flipped, $"request {request}, byte {at} is {flipped[at]:x2}");
        }

        await under.AssertAliveAsync();
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Every_extension_of_a_request_ends_the_session(int request)
    {
        await using var under = await Venue.StartAsync();
        FrameHeader header = FrameHeader.Read(s_requests[request]);
        foreach (int more in (int[])[1, 2, 7, 300])
        {
            byte[] extended = [.. s_requests[request], .. new byte[more]];
            (header with { Length = header.Length + (uint)more }).Write(extended);
            RawLane lane = await under.GreetAsync();
            await lane.SendAsync(extended);
            (FrameHeader answer, byte[] payload) = Assert.Single(await lane.EndAsync());
            Assert.True(answer.Opcode == Opcode.Error && answer.Flags.HasFlag(FrameFlags.Last), $"{answer}");
            Assert.Equal(WireErrorCode.Malformed, ErrorRecord.Read(payload).Code);
        }

        await under.AssertAliveAsync();
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_repeated_many_times_is_answered_as_often(int request)
    {
        const int times = 300;
        await using var under = await Venue.StartAsync();
        RawLane lane = await under.GreetAsync();
        Task sending = Task.Run(() => lane.SendAsync(Enumerable.Repeat(s_requests[request], times).SelectMany(bytes => bytes).ToArray()));
        Task<List<(FrameHeader Header, byte[] Payload)>> reading = Task.Run(async () =>
        {
            await sending;
            return await lane.EndAsync();
        });
        List<(FrameHeader Header, byte[] Payload)> answers = await reading.WaitAsync(s_patience);
        Opcode opcode = FrameHeader.Read(s_requests[request]).Opcode;
        int last = answers.Count(answer => !answer.Header.Flags.HasFlag(FrameFlags.More));
        int expected = opcode switch
        {
            Opcode.Acknowledge => 0,
            Opcode.Watch => 1, // a second of the same id ends the session
            _ => times,
        };
        Assert.Equal(expected, last);
        await under.AssertAliveAsync();
    }

    [Fact]
    public async Task Garbage_is_answered_by_an_error_or_by_silence()
    {
        await using var under = await Venue.StartAsync();
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            byte[] garbage = new byte[random.Next(1, 600)];
            random.NextBytes(garbage);
            foreach (bool greeted in (bool[])[false, true])
            {
                await under.AssertAnsweredAsync(garbage, $"seed {seed}", greeted);
            }
        }

        await under.AssertAliveAsync();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public async Task Another_protocol_gets_a_reason_and_is_closed(string said)
    {
        await using var under = await Venue.StartAsync();
        var lane = new RawLane(under.Wire.Open());
        await lane.SendAsync(System.Text.Encoding.Latin1.GetBytes(said));
        (FrameHeader answer, byte[] payload) = Assert.Single(await lane.EndAsync());
        Assert.True(answer.Opcode == Opcode.Error && answer.Flags.HasFlag(FrameFlags.Last), $"{answer}");
        Assert.Contains("hello", ErrorRecord.Read(payload).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_over_the_limit_is_refused_before_it_is_read()
    {
        await using var under = await Venue.StartAsync();
        foreach (uint length in (uint[])[1_048_577, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue])
        {
            RawLane lane = await under.GreetAsync();
            byte[] header = new byte[FrameHeader.Size];
            new FrameHeader(length, Opcode.Renew, FrameFlags.None, 5).Write(header);
            await lane.SendAsync(header);
            (FrameHeader answer, byte[] payload) = (await lane.ReadAsync())!.Value;
            Assert.Equal((5u, WireErrorCode.OverLimit), (answer.Correlation, ErrorRecord.Read(payload).Code));
            Assert.Null(await lane.ReadAsync());
        }
    }

    [Fact]
    public async Task Unknown_operations_and_flags_are_answered_and_the_session_goes_on()
    {
        await using var under = await Venue.StartAsync();
        RawLane lane = await under.GreetAsync();
        var known = Enum.GetValues<Opcode>().ToHashSet();
        for (int opcode = 0; opcode < 256; opcode++)
        {
            // What nodes say to each other is nothing to a lane whose hello was no peer's, whoever said it.
            if (!known.Contains((Opcode)opcode) || (Opcode)opcode is Opcode.Error or >= Opcode.PeerHello)
            {
                await lane.SendAsync(RawLane.Frame((Opcode)opcode, 9));
                (_, byte[] payload) = (await lane.ReadAsync())!.Value;
                Assert.Equal(WireErrorCode.UnknownOpcode, ErrorRecord.Read(payload).Code);
            }
        }

        for (int flags = 1; flags < 256; flags++)
        {
            await lane.SendAsync(RawLane.Frame(Opcode.Ping, 9, flags: (FrameFlags)flags));
            (_, byte[] payload) = (await lane.ReadAsync())!.Value;
            Assert.Equal(WireErrorCode.UnknownFlags, ErrorRecord.Read(payload).Code);
        }

        await lane.SendAsync(RawLane.Frame(Opcode.Ping, 10));
        Assert.Equal(Opcode.Ping, (await lane.ReadAsync())!.Value.Header.Opcode);
    }

    [Fact]
    public async Task Versions_have_defined_answers()
    {
        await using var under = await Venue.StartAsync();
        foreach ((byte major, byte minor, byte[] appended, bool good) in ((byte, byte, byte[], bool)[])
            [(1, 0, [], true), (1, 9, [1, 2, 3], true), (1, 0, [1], false), (0, 9, [], false), (2, 0, [], false), (255, 255, [9], false)])
        {
            byte[] hello = RawLane.Hello();
            hello[FrameHeader.Size + 4] = major;
            hello[FrameHeader.Size + 5] = minor;
            hello = [.. hello, .. appended];
            (FrameHeader.Read(hello) with { Length = (uint)(hello.Length - FrameHeader.Size) }).Write(hello);
            var lane = new RawLane(under.Wire.Open());
            await lane.SendAsync(hello);
            (FrameHeader answer, byte[] payload) = (await lane.ReadAsync())!.Value;
            if (good)
            {
                Assert.Equal((Opcode.Hello, WireVersion.Major, WireVersion.Minor), (answer.Opcode, payload[0], payload[1]));
            }
            else
            {
                WireErrorCode expected = major == 1 ? WireErrorCode.Malformed : WireErrorCode.UnsupportedVersion;
                Assert.Equal(expected, ErrorRecord.Read(payload).Code);
                Assert.Null(await lane.ReadAsync());
            }
        }
    }

    [Fact]
    public async Task Forged_and_stale_handles_renew_nothing()
    {
        await using var under = await Venue.StartAsync();
        RawLane lane = await under.GreetAsync();
        LeaseHandle stale = under.Registry.Register("orders", "stale").Handle;
        under.Registry.Cancel("orders", "stale");
        var random = new Random(5);
        LeaseHandle[] forged =
        [
            stale,
            default,
            new(ulong.MaxValue),
            .. Enumerable.Range(0, 500).Select(bit => new LeaseHandle(under.Handle.Value ^ (1UL << (bit % 64)) ^ ((ulong)random.Next(1, 1 << 20) << 2))),
        ];
        await lane.SendAsync(
            RawLane.Frame(
                Opcode.RenewMany,
                4,
                frame =>
                {
                    foreach (LeaseHandle handle in forged)
                    {
                        frame.WriteFixed64(handle.Value);
                    }
                }
            )
        );
        (_, byte[] payload) = (await lane.ReadAsync())!.Value;
        Assert.Equal(new byte[forged.Length], payload); // each the very next one
    }

    [Fact]
    public async Task A_reader_that_never_reads_is_closed_and_the_others_do_not_notice()
    {
        var options = new WireOptions { StallTimeout = TimeSpan.FromMilliseconds(300) };
        await using var under = await Venue.StartAsync(options);
        for (int i = 0; i < 2_000; i++)
        {
            under.Registry.Register("orders", $"many-{i}");
        }

        System.IO.Pipelines.IDuplexPipe pipe = under.Wire.Open(null, null, 4_096, out Task session);
        var deaf = new RawLane(pipe);
        await deaf.SendAsync(RawLane.Hello());
        await deaf.SendAsync(RawLane.Frame(Opcode.ReadSnapshot, 2, frame => frame.WriteFilter(InstanceFilter.All)));
        await under.AssertAliveAsync();
        await session.WaitAsync(s_patience);
    }

    [Fact]
    public async Task Silence_before_hello_and_after_it_is_ended_with_a_reason()
    {
        var options = new WireOptions { HelloTimeout = TimeSpan.FromMilliseconds(100), IdleTimeout = TimeSpan.FromMilliseconds(300) };
        await using var under = await Venue.StartAsync(options);
        foreach (bool greeted in (bool[])[false, true])
        {
            RawLane lane = greeted ? await under.GreetAsync() : new RawLane(under.Wire.Open());
            (FrameHeader answer, byte[] payload) = (await lane.ReadAsync())!.Value;
            Assert.Equal((0u, WireErrorCode.TimedOut), (answer.Correlation, ErrorRecord.Read(payload).Code));
            Assert.Null(await lane.ReadAsync());
        }
    }

    [Fact]
    public async Task More_sessions_than_permitted_are_told_so()
    {
        await using var under = await Venue.StartAsync(new WireOptions { SessionsMax = 3 });
        RawLane first = await under.GreetAsync();
        await under.GreetAsync();
        var oneMore = new RawLane(under.Wire.Open()); // with the witness the fourth
        (_, byte[] payload) = (await oneMore.ReadAsync())!.Value;
        Assert.Equal(WireErrorCode.Unavailable, ErrorRecord.Read(payload).Code);
        await first.SendAsync(RawLane.Frame(Opcode.Ping, 10));
        Assert.Equal(Opcode.Ping, (await first.ReadAsync())!.Value.Header.Opcode);
    }

    [Fact]
    public async Task Frames_that_come_byte_by_byte_are_read_as_they_are()
    {
        await using var under = await Venue.StartAsync();
        RawLane lane = await under.GreetAsync();
        foreach (byte[] request in s_requests.Where(request => FrameHeader.Read(request).Opcode is Opcode.Renew or Opcode.Find or Opcode.RenewByKey))
        {
            foreach (byte next in request)
            {
                await lane.SendAsync(new[] { next });
            }

            Assert.Equal(FrameHeader.Read(request).Opcode, (await lane.ReadAsync())!.Value.Header.Opcode);
        }
    }

    private static byte[][] MakeRequests()
    {
        // The same in every registry whose keys are fixed and where it is registered first.
        LeaseHandle handle = new SteppedRegistry().Register("orders", "i-1").Handle;
        var key = new KeyText("orders", "i-1");
        return
        [
            Of(LinkRequests.Ping, default),
            Of(LinkRequests.Register, RegistrationBuilder.Full("payments", "i-7")),
            Of(LinkRequests.Renew, handle),
            Of(LinkRequests.RenewByKey, new RenewalByKey(key, 5)),
            Of(LinkRequests.RenewMany, new RenewalsOfFrame(new[] { handle, default, handle }, default, 0)),
            Of(LinkRequests.SetStatus, new StatusToSet(key, InstanceStatus.OutOfService)),
            Of(LinkRequests.ClearStatus, key),
            Of(LinkRequests.SetMetadata, new PairsToSet(key, [new("a", "1"), new("b", "2")])),
            Of(LinkRequests.Find, key),
            Of(LinkRequests.ReadSnapshot, InstanceFilter.Services("orders", "payments")),
            Of(LinkRequests.ReadDelta, new RegistryVersion(0x5EED, 0)),
            Of(LinkRequests.ReadAcknowledged, "orders"),
            RawLane.Frame(
                Opcode.Watch,
                2,
                frame =>
                {
                    frame.WriteFilter(InstanceFilter.All);
                    LinkRequests.WriteVersion(frame, RegistryVersion.None);
                }
            ),
            RawLane.Frame(Opcode.Acknowledge, 2, frame => frame.WriteNumber(300)),
            RawLane.Frame(Opcode.Unwatch, 2),
        ];
    }

    private static byte[] Of<TRequest, TAnswer>(Operation<TRequest, TAnswer> operation, TRequest request) =>
        RawLane.Frame(operation.Opcode, 2, frame => operation.Write(frame, request));

    /// <summary>A server with one instance and a session of its own that must not notice anything.</summary>
    private sealed class Venue : IAsyncDisposable
    {
        private readonly WireLink _witness;

        private Venue(MemoryWire wire, SteppedRegistry registry, WireLink witness)
        {
            Wire = wire;
            Registry = registry;
            _witness = witness;
        }

        public MemoryWire Wire { get; }

        public SteppedRegistry Registry { get; }

        public LeaseHandle Handle { get; private init; }

        public static async Task<Venue> StartAsync(WireOptions? options = null)
        {
            var registry = new SteppedRegistry();
            LeaseHandle handle = registry.Register("orders", "i-1").Handle;
            var wire = new MemoryWire(AccessPolicy.Open, options);
            await wire.StartAsync(registry.Registry, CancellationToken.None);
            return new Venue(wire, registry, await wire.ConnectAsync()) { Handle = handle };
        }

        public Task<RawLane> GreetAsync() => new RawLane(Wire.Open()).GreetAsync();

        /// <summary>Each frame that comes back is an answer; if one is the session's last, it says why.</summary>
        public async Task AssertAnsweredAsync(byte[] bytes, string what, bool greeted = true)
        {
            RawLane lane = greeted ? await GreetAsync() : new RawLane(Wire.Open());
            await lane.SendAsync(bytes);
            List<(FrameHeader Header, byte[] Payload)> answers = await lane.EndAsync();
            for (int i = 0; i < answers.Count; i++)
            {
                (FrameHeader header, byte[] payload) = answers[i];
                Assert.True(header.Flags.HasFlag(FrameFlags.Answer), $"{what}: {header}");
                Assert.True(!header.Flags.HasFlag(FrameFlags.Last) || i == answers.Count - 1, $"{what}: {header} is not the last");
                if (header.Opcode == Opcode.Error)
                {
                    (WireErrorCode code, string message) = ErrorRecord.Read(payload);
                    Assert.True(Enum.IsDefined(code) || (byte)code < 16, $"{what}: {code}");
                    Assert.NotEqual(WireErrorCode.Fault, code);
                    Assert.False(string.IsNullOrWhiteSpace(message), what);
                }
            }
        }

        public async Task AssertAliveAsync()
        {
            await _witness.PingAsync().AsTask().WaitAsync(s_patience);
            Assert.False(_witness.Closed.IsCompleted, "the witness was disturbed");
        }

        public async ValueTask DisposeAsync()
        {
            await _witness.DisposeAsync();
            await Wire.DisposeAsync();
        }
    }
}
