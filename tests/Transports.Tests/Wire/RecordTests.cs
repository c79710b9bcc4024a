using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;
using Xunit.Abstractions;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>What records take, and that they come back as they were.</summary>
public sealed class RecordTests(ITestOutputHelper output)
{
    private const int ChangesCompared = 400;

    [Fact]
    public void A_status_flip_takes_at_most_64_bytes_with_its_frame()
    {
        SteppedRegistry under = Large();
        under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        int flip = FrameBytes(under, under.Version - 1);
        under.ClearStatus("orders", "i-1");
        int cleared = FrameBytes(under, under.Version - 1);
        output.WriteLine($"override set {flip} bytes, cleared {cleared} bytes; target 64");
        Assert.InRange(flip, FrameHeader.Size + 8, 64);
        Assert.InRange(cleared, FrameHeader.Size + 8, 64);
    }

    [Fact]
    public void A_new_Spring_instance_takes_at_most_300_bytes_with_its_frame()
    {
        SteppedRegistry under = Large();
        under.Register(Spring(123_456));
        int bytes = FrameBytes(under, under.Version - 1);
        output.WriteLine($"new instance {bytes} bytes; target 300");
        Assert.InRange(bytes, 100, 300);
    }

    [Fact]
    public void A_snapshot_of_Spring_instances_packs_well()
    {
        var under = new SteppedRegistry();
        for (int i = 0; i < 2_000; i++)
        {
            under.Register(Spring(i));
        }

        RegistrySnapshot snapshot = under.Registry.ReadSnapshot();
        long plain = new EncodedSnapshotCache<WireEncoder>(under.Registry, default).Full(snapshot, DocumentCoding.Plain).Length;
        foreach (Packing packing in (Packing[])[Packing.Lz4, Packing.Brotli])
        {
            if (packing == Packing.Lz4 && !Lz4.IsSupported)
            {
                continue;
            }

            var cache = new EncodedSnapshotCache<WireEncoder>(under.Registry, default, new ChunkPacker(packing));
            EncodedDocument packed = cache.Full(snapshot, DocumentCoding.Packed);
            output.WriteLine($"{packing}: {plain / 2_000} bytes an instance, packed {packed.Length / 2_000}");
            Assert.InRange(packed.Length, 1, plain / 2);
            Assert.Equal(plain, Chunk.Unpack(BytesOf(packed), packing, (int)plain).Length);
            Assert.Throws<InvalidDataException>(() => Chunk.Unpack(BytesOf(packed), packing, (int)plain - 1));
        }
    }

    [Fact]
    public void Any_change_comes_back_as_it_was()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded);
        var random = new Random(11);
        for (int i = 0; i < ChangesCompared; i++)
        {
            string id = $"i-{random.Next(20)}";
            Registration full = RegistrationBuilder.Full("orders", id);
            switch (random.Next(6))
            {
                case 0:
                    under.Register(full with { Metadata = [new("n", $"{i}")], ClientStamp = random.NextInt64(), Status = (InstanceStatus)random.Next(5) });
                    break;
                case 1:
                    under.Register(RegistrationBuilder.Of("orders", id) with { HomePageUrl = "http://host-1:8080", Region = "", Weight = random.Next(65_536) });
                    break;
                case 2:
                    under.SetStatus("orders", id, (InstanceStatus)random.Next(4));
                    break;
                case 3:
                    under.ClearStatus("orders", id);
                    break;
                case 4:
                    under.SetMetadata("orders", id, ("größe", $"{i}"));
                    break;
                default:
                    under.Cancel("orders", id);
                    break;
            }

            under.Clock.Pass(TimeSpan.FromMilliseconds(random.Next(3)));
        }

        var services = new ServiceNames();
        foreach (Change change in under.Registry.ReadDelta(0).Changes)
        {
            foreach (InstanceChange sent in (InstanceChange[])[InstanceChange.Of(change), InstanceChange.LeftBy(change)])
            {
                var bytes = new ArrayBufferWriter<byte>();
                ChangeRecord.Write(bytes, sent);
                var reader = new PayloadReader(bytes.WrittenSpan);
                InstanceChange read = ChangeRecord.Read(ref reader, services);
                Assert.True(reader.AtEnd);
                bool removed = sent.Kind == ChangeKind.Removed;
                Assert.Equal(
                    sent with
                    {
                        Record = null,
                        OwnStatus = removed ? default : sent.OwnStatus,
                        Override = removed ? null : sent.Override,
                    },
                    read with
                    {
                        Record = null,
                    }
                );
                Assert.Equal(sent.Record is null ? null : Portrait.Whole(sent.Record), read.Record is null ? null : Portrait.Whole(read.Record));
            }
        }
    }

    [Fact]
    public void Numbers_of_all_lengths_come_back()
    {
        foreach (ulong value in Enumerable.Range(0, 64).SelectMany(bit => (ulong[])[1UL << bit, (1UL << bit) - 1, ulong.MaxValue - (1UL << bit)]))
        {
            var bytes = new ArrayBufferWriter<byte>();
            bytes.WriteNumber(value);
            bytes.WriteSigned((long)value);
            var reader = new PayloadReader(bytes.WrittenSpan);
            Assert.Equal((value, (long)value, true), (reader.Number(), reader.Signed(), reader.AtEnd));
        }

        foreach (byte[] bad in (byte[][])[[], [0x80], [.. Enumerable.Repeat((byte)0xFF, 9), 2], [.. Enumerable.Repeat((byte)0x80, 10), 1]])
        {
            var reader = new PayloadReader(bad);
            Assert.Equal((0UL, true), (reader.Number(), reader.Failed));
        }
    }

    [Fact]
    public void A_chunk_that_lies_is_found_out()
    {
        byte[] plain = [.. Enumerable.Range(0, 5_000).Select(i => (byte)(i / 50))];
        foreach (Packing packing in (Packing[])[Packing.Lz4, Packing.Brotli])
        {
            if (packing == Packing.Lz4 && !Lz4.IsSupported)
            {
                continue;
            }

            byte[] packed = Chunk.Pack(plain, packing);
            Assert.Equal(plain, Chunk.Unpack(packed, packing, plain.Length));
            for (int length = 1; length < packed.Length; length++)
            {
                Assert.Throws<InvalidDataException>(() => Chunk.Unpack(packed.AsSpan(0, length), packing, plain.Length));
            }

            var random = new Random(3);
            for (int at = 0; at < packed.Length; at++)
            {
                byte[] flipped = [.. packed];
                flipped[at] ^= (byte)(1 << random.Next(8));
                try
                {
                    Assert.InRange(Chunk.Unpack(flipped, packing, plain.Length).Length, 0, plain.Length);
                }
                catch (InvalidDataException)
                {
                    // Found out.
                }
            }

            // 64 MiB of nothing, in a few bytes: not permitted, so not made room for.
            byte[] bomb = Chunk.Pack(new byte[64 * 1024 * 1024], packing);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<InvalidDataException>(() => Chunk.Unpack(bomb, packing, 1024 * 1024));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
        }
    }

    // So many changes and instances that their numbers take the bytes that they take in a large registry.
    private static SteppedRegistry Large()
    {
        var under = new SteppedRegistry();
        under.Register("orders", "i-0");
        for (int i = 1; i < 20_000; i++)
        {
            under.Register("orders", $"i-{i % 300}");
        }

        return under;
    }

    // The shape of bench/Fleet.
    private static Registration Spring(int i)
    {
        int bits = i * 0x9E3779;
        string dotted = $"10.{(bits >> 16) & 0xFF}.{(bits >> 8) & 0xFF}.{bits & 0xFF}";
        string host = $"ip-{dotted.Replace('.', '-')}.eu-west-1.compute.internal";
        string service = $"team-{i % 40:00}-service-{i % 5_000:0000}";
        return new Registration
        {
            Service = service,
            Id = $"{host}:{service}:8080",
            HostName = host,
            Address = dotted,
            Port = 8080,
            PortEnabled = true,
            SecurePort = 443,
            Vips = service,
            SecureVips = service,
            HomePageUrl = $"http://{host}:8080/",
            StatusPageUrl = $"http://{host}:8080/actuator/info",
            HealthCheckUrl = $"http://{host}:8080/actuator/health",
            LeaseDuration = TimeSpan.FromSeconds(90),
            RenewalInterval = TimeSpan.FromSeconds(30),
            ClientStamp = 1_795_334_400_000 + i,
            Metadata = [new("management.port", "8080")],
            Attributes = [new("eureka.countryId", "1"), new("eureka.dataCenterName", "MyOwn")],
        };
    }

    private static int FrameBytes(SteppedRegistry under, ulong after)
    {
        var segments = new List<ReadOnlyMemory<byte>>();
        ChangeRead read = new EncodedChangeLog<WireChangeEncoder>(under.Registry, default, 1 << 20).Read(after, InstanceFilter.All, 1 << 16, segments);
        Assert.Equal(1, read.Count);
        return FrameHeader.Size + UpdateHead.Of(UpdateKind.Changes, read.Reached).Length + read.Bytes;
    }

    private static byte[] BytesOf(EncodedDocument document)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (ReadOnlyMemory<byte> segment in document)
        {
            bytes.Write(segment.Span);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
