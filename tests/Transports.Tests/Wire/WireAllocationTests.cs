using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Rollcall.Core.Access;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;
using Xunit.Abstractions;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>What the server side of the wire allocates: the session runs on the test's own thread, so every byte is counted.</summary>
public sealed class WireAllocationTests(ITestOutputHelper output)
{
    private const int Rounds = 12;
    private const int FramesPerRead = 64;
    private const int ReadsPerRound = 32;

    [Fact]
    public async Task A_renewal_by_handle_allocates_nothing()
    {
        await using var bench = await Bench.StartAsync();
        bench.AssertNothing(
            output,
            bench.Repeated(Opcode.Renew, (frame, i) => frame.WriteFixed64(bench.Handles[i].Value)),
            FramesPerRead * FrameHeader.Size
        );
    }

    [Fact]
    public async Task A_renewal_by_key_allocates_nothing()
    {
        await using var bench = await Bench.StartAsync();
        bench.AssertNothing(
            output,
            bench.Repeated(
                Opcode.RenewByKey,
                (frame, i) =>
                {
                    frame.WriteText("ORDERS");
                    frame.WriteText($"i-{i}");
                    frame.WriteByte(0);
                }
            ),
            FramesPerRead * (FrameHeader.Size + 1)
        );
    }

    [Fact]
    public async Task A_frame_of_many_renewals_allocates_nothing()
    {
        await using var bench = await Bench.StartAsync();
        bench.AssertNothing(
            output,
            RawLane.Frame(
                Opcode.RenewMany,
                7,
                frame =>
                {
                    foreach (LeaseHandle handle in bench.Handles)
                    {
                        frame.WriteFixed64(handle.Value);
                    }
                }
            ),
            FrameHeader.Size
        );
    }

    [Fact]
    public async Task A_delta_from_the_cache_allocates_nothing()
    {
        await using var bench = await Bench.StartAsync();
        ulong version = bench.Under.Version;
        byte[] request = RawLane.Frame(
            Opcode.ReadDelta,
            9,
            frame =>
            {
                frame.WriteFixed64(bench.Under.Registry.BootEpoch);
                frame.WriteNumber(version - 10);
            }
        );
        int answer = bench.Ask(request);
        bench.AssertNothing(output, request, answer);
    }

    [Fact]
    public async Task A_push_to_a_watch_allocates_nothing()
    {
        await using var bench = await Bench.StartAsync();
        bench.Under.Registry.Published -= bench.Wire.Server.Watchers.OnPublished; // pumped by hand, on this thread
        bench.Ask(
            RawLane.Frame(
                Opcode.Watch,
                3,
                frame =>
                {
                    frame.WriteFilter(InstanceFilter.Services("orders"));
                    frame.WriteFixed64(bench.Under.Registry.BootEpoch);
                    frame.WriteNumber(bench.Under.Version);
                }
            ),
            answers: false
        );
        var least = long.MaxValue;
        byte[] acknowledge = RawLane.Frame(Opcode.Acknowledge, 3, frame => frame.WriteNumber(ulong.MaxValue));
        for (int round = 0; round < Rounds; round++)
        {
            long allocated = 0;
            for (int i = 0; i < ReadsPerRound; i++)
            {
                ulong before = bench.Under.Version;
                bench.Under.SetStatus("orders", "i-1", i % 2 == 0 ? InstanceStatus.OutOfService : InstanceStatus.Down);
                bench.Wire.Server.Changes.Read(before, InstanceFilter.All, int.MaxValue, []); // encodes it, once for all
                long start = GC.GetAllocatedBytesForCurrentThread();
                ((IThreadPoolWorkItem)bench.Wire.Server.Watchers).Execute();
                int pushed = bench.Take();
                bench.Send(acknowledge);
                allocated += GC.GetAllocatedBytesForCurrentThread() - start;
                Assert.InRange(pushed, FrameHeader.Size + 8, 64);
            }

            least = Math.Min(least, allocated);
        }

        output.WriteLine($"{least} bytes in {ReadsPerRound} pushes");
        Assert.Equal(0, least);
    }

    /// <summary>A session whose loop runs where the client flushes.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly IDuplexPipe _client;

        private Bench(MemoryWire wire, SteppedRegistry under)
        {
            Wire = wire;
            Under = under;
            _client = wire.Open(scheduler: PipeScheduler.Inline, bufferBytes: 1024 * 1024);
        }

        public MemoryWire Wire { get; }

        public SteppedRegistry Under { get; }

        public LeaseHandle[] Handles { get; private set; } = [];

        public static async Task<Bench> StartAsync()
        {
            var under = new SteppedRegistry();
            var wire = new MemoryWire(AccessPolicy.Open);
            await wire.StartAsync(under.Registry, CancellationToken.None);
            var bench = new Bench(wire, under)
            {
                Handles = [.. Enumerable.Range(0, 1_000).Select(i => under.Register("orders", $"i-{i}").Handle)],
            };
            bench.Ask(RawLane.Hello());
            return bench;
        }

        public byte[] Repeated(Opcode opcode, Action<IBufferWriter<byte>, int> write) =>
            [.. Enumerable.Range(0, FramesPerRead).SelectMany(i => RawLane.Frame(opcode, (uint)i, frame => write(frame, i)))];

        /// <summary>Sends, and takes what is answered meanwhile; returns its length.</summary>
        public int Ask(byte[] request, bool answers = true)
        {
            Send(request);
            return answers ? Take() : 0;
        }

        public void Send(byte[] request)
        {
            request.CopyTo(_client.Output.GetSpan(request.Length));
            _client.Output.Advance(request.Length);
            ValueTask<FlushResult> flush = _client.Output.FlushAsync();
            if (!flush.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("the session does not read on this thread");
            }

            flush.GetAwaiter().GetResult();
        }

        public int Take()
        {
            int length = 0;
            while (_client.Input.TryRead(out ReadResult read))
            {
                length += (int)read.Buffer.Length;
                _client.Input.AdvanceTo(read.Buffer.End);
            }

            return length > 0 ? length : throw new InvalidOperationException("the session did not answer on this thread");
        }

        public void AssertNothing(ITestOutputHelper output, byte[] request, int answerBytes)
        {
            long least = long.MaxValue;
            for (int round = 0; round < Rounds; round++)
            {
                long start = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < ReadsPerRound; i++)
                {
                    if (Ask(request) != answerBytes)
                    {
                        throw new InvalidOperationException("the answer is not as long as it should be");
                    }
                }

                // The runtime compiles anew, and allocates for it, in one of the first rounds; a request that allocates does in all.
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - start);
            }

            output.WriteLine($"{least} bytes in {ReadsPerRound} reads of {request.Length} bytes");
            Assert.Equal(0, least);
        }

        public async ValueTask DisposeAsync()
        {
            await _client.Output.CompleteAsync();
            await _client.Input.CompleteAsync();
            await Wire.DisposeAsync();
        }
    }
}
