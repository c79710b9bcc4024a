using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Watching;

/// <summary>The log of encoded changes: what it gives, how often it encodes, what it keeps and what it says of the rest.</summary>
public class EncodedChangeLogTests
{
    private const int Ring = 128;

    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded with { ChangeRingCapacity = Ring });
    private readonly List<ReadOnlyMemory<byte>> _segments = [];

    [Fact]
    public void Every_change_is_encoded_once_however_many_read_it()
    {
        EncodedChangeLog<EchoChangeEncoder> log = Log();
        InstanceFilter[] filters = [InstanceFilter.All, InstanceFilter.Services("orders"), InstanceFilter.Vips(secure: false, "none")];
        for (int round = 1; round <= 20; round++)
        {
            Change(5);
            for (int reader = 0; reader < 300; reader++)
            {
                _segments.Clear();
                Assert.Equal(_under.Version, log.Read((ulong)((round - 1) * 5), filters[reader % 3], int.MaxValue, _segments).Reached);
            }

            Assert.Equal(round * 5, log.Encoded);
        }
    }

    [Fact]
    public void Neighbours_come_as_one_segment_also_across_blocks()
    {
        _under.Register("orders", "i-1");
        for (int i = 0; i < Ring; i++)
        {
            _under.SetStatus("orders", "i-1", i % 2 == 0 ? InstanceStatus.Down : InstanceStatus.Up);
        }

        ChangeRead read = Log().Read(1, InstanceFilter.All, int.MaxValue, _segments);
        Assert.Equal((false, 1ul + Ring, Ring), (read.TooFarBehind, read.Reached, read.Count));
        Assert.Equal(read.Bytes, Assert.Single(_segments).Length);
    }

    [Fact]
    public void What_a_filter_leaves_out_counts_as_reached()
    {
        Change(10, "payments");
        ChangeRead read = Log().Read(0, InstanceFilter.Services("orders"), int.MaxValue, _segments);
        Assert.Equal(new ChangeRead(false, 10, 0, 0), read);
        Assert.Empty(_segments);
    }

    [Fact]
    public void A_limit_of_bytes_stops_before_the_change_that_would_go_beyond_and_gives_one_at_least()
    {
        EncodedChangeLog<EchoChangeEncoder> log = Log();
        Change(100);
        int whole = log.Read(0, InstanceFilter.All, int.MaxValue, []).Bytes;
        ulong reached = 0;
        int bytes = 0;
        int reads = 0;
        for (; reached < 100; reads++)
        {
            ChangeRead read = log.Read(reached, InstanceFilter.All, whole / 10, _segments);
            Assert.True(read.Bytes <= whole / 10, $"{read}");
            Assert.Equal(reached + (ulong)read.Count, read.Reached);
            (reached, bytes) = (read.Reached, bytes + read.Bytes);
        }

        Assert.InRange(reads, 10, 12);
        Assert.Equal(whole, bytes);
        Assert.Equal(Versions(1, 100), EchoChangeEncoder.Parse(_segments).Select(change => change.Version));
        Assert.Equal((1, 7ul), (log.Read(6, InstanceFilter.All, 0, []).Count, log.Read(6, InstanceFilter.All, 0, []).Reached));
    }

    [Fact]
    public void A_change_that_is_larger_than_any_chunk_comes_whole_and_its_neighbours_too()
    {
        EncodedChangeLog<EchoChangeEncoder> log = Log();
        string large = new('"', 32_000); // six bytes each in JSON
        _under.Register("orders", "i-1");
        _under.SetMetadata("orders", "i-1", ("large", large));
        _under.SetStatus("orders", "i-1", InstanceStatus.Down);
        log.Read(0, InstanceFilter.All, int.MaxValue, _segments);
        IReadOnlyList<InstanceChange> changes = EchoChangeEncoder.Parse(_segments);
        Assert.Equal(Versions(1, 3), changes.Select(change => change.Version));
        Assert.Equal(large, changes[1].Record!.Metadata.ToArray()[0].Value);
    }

    [Fact]
    public void Who_falls_off_the_ring_is_told_and_who_is_on_it_is_not()
    {
        EncodedChangeLog<EchoChangeEncoder> log = Log();
        Change(3 * Ring);
        Assert.True(log.Read((2 * Ring) - 1, InstanceFilter.All, int.MaxValue, _segments).TooFarBehind);
        Assert.Empty(_segments);
        Assert.Equal(Ring, log.Read(2 * Ring, InstanceFilter.All, int.MaxValue, _segments).Count);
        Assert.Equal(Versions((2 * Ring) + 1, 3 * Ring), EchoChangeEncoder.Parse(_segments).Select(change => change.Version));
    }

    [Fact]
    public void A_version_from_the_future_is_too_far_behind()
    {
        Change(3);
        Assert.True(Log().Read(4, InstanceFilter.All, int.MaxValue, _segments).TooFarBehind);
        Assert.False(Log().Read(3, InstanceFilter.All, int.MaxValue, _segments).TooFarBehind);
    }

    [Fact]
    public void A_log_that_nobody_read_for_long_goes_on_where_it_is_asked_to()
    {
        EncodedChangeLog<EchoChangeEncoder> log = Log();
        Change(10);
        log.Read(0, InstanceFilter.All, int.MaxValue, []);
        Change(5 * Ring);
        ulong now = _under.Version;
        Assert.True(log.Read(10, InstanceFilter.All, int.MaxValue, []).TooFarBehind);
        Assert.Equal(3, log.Read(now - 3, InstanceFilter.All, int.MaxValue, []).Count);
        Assert.Equal(Ring, log.Read(now - Ring, InstanceFilter.All, int.MaxValue, _segments).Count);
        Assert.Equal(Versions((int)now - Ring + 1, (int)now), EchoChangeEncoder.Parse(_segments).Select(change => change.Version));
    }

    [Fact]
    public void Bytes_beyond_the_limit_are_given_up_oldest_first_and_never_encoded_again()
    {
        Change(Ring);
        int whole = Log().Read(0, InstanceFilter.All, int.MaxValue, []).Bytes;
        EncodedChangeLog<EchoChangeEncoder> small = Log(whole - 1);

        // The older half is given up as soon as the newer comes to it; what was read of it is in order.
        ChangeRead read = small.Read(0, InstanceFilter.All, int.MaxValue, _segments);
        Assert.False(read.TooFarBehind);
        Assert.Equal(Versions(1, (int)read.Reached), EchoChangeEncoder.Parse(_segments).Select(change => change.Version));
        Assert.True(small.BytesKept < whole, $"{small.BytesKept} of {whole}");
        long encoded = small.Encoded;
        Assert.True(small.Read(0, InstanceFilter.All, int.MaxValue, []).TooFarBehind);
        Assert.False(small.Read(EncodedChangeBlock.Size, InstanceFilter.All, int.MaxValue, []).TooFarBehind);
        Assert.Equal(encoded, small.Encoded);
    }

    [Fact]
    public void Memory_stays_flat_however_long_the_registry_changes()
    {
        EncodedChangeLog<EchoChangeEncoder> log = Log(bytesMax: 20_000);
        ulong reached = 0;
        for (int round = 0; round < 2_000; round++)
        {
            Change(round % 7);
            _segments.Clear();
            reached = log.Read(reached, InstanceFilter.All, int.MaxValue, _segments).Reached;
            Assert.Equal(_under.Version, reached);
            Assert.InRange(log.BytesKept, 0, 20_000 + (64 * 1_000));
        }
    }

    [Fact]
    public void Segments_stay_as_they_are_when_the_log_has_long_let_go_of_them()
    {
        EncodedChangeLog<EchoChangeEncoder> log = Log(bytesMax: 1);
        Change(50);
        log.Read(0, InstanceFilter.All, int.MaxValue, _segments);
        byte[][] before = [.. _segments.Select(segment => segment.ToArray())];
        for (int i = 0; i < 50; i++)
        {
            Change(Ring);
            log.Read(_under.Version - 1, InstanceFilter.All, int.MaxValue, []);
        }

        Assert.Equal(before, _segments.Select(segment => segment.ToArray()));
    }

    [Fact]
    public void Leaving_an_address_is_told_to_those_who_select_by_it_and_to_nobody_else()
    {
        EncodedChangeLog<EchoChangeEncoder> log = Log();
        Registration shop = RegistrationBuilder.Of("orders", "i-1") with { Vips = "shop,shop-v2", SecureVips = "tls" };
        _under.Register(shop);
        _under.Register(shop with { Vips = "shop-v2" });
        _under.SetStatus("orders", "i-1", InstanceStatus.Down);
        _under.Register(shop with { Vips = "shop-v2", HostName = "other" });
        Assert.Equal([ChangeKind.Added, ChangeKind.Removed], Kinds(InstanceFilter.Vips(secure: false, "shop")));
        Assert.Equal(4, Kinds(InstanceFilter.Vips(secure: false, "shop-v2")).Length);
        Assert.Equal(4, Kinds(InstanceFilter.Vips(secure: true, "tls")).Length);
        Assert.Equal([ChangeKind.Removed], Kinds(InstanceFilter.Vips(secure: false, "other")));
        Assert.Empty(Kinds(InstanceFilter.Services("payments")));

        ChangeKind[] Kinds(InstanceFilter filter)
        {
            _segments.Clear();
            log.Read(0, filter, int.MaxValue, _segments);
            return [.. EchoChangeEncoder.Parse(_segments).Select(change => change.Kind)];
        }
    }

    [Fact]
    public void An_encoder_that_throws_leaves_the_log_in_order()
    {
        var log = new EncodedChangeLog<FailingEncoder>(_under.Registry, default, long.MaxValue);
        Change(3);
        FailingEncoder.FailAt = 2;
        Assert.Throws<InvalidOperationException>(() => log.Read(0, InstanceFilter.All, int.MaxValue, _segments));
        FailingEncoder.FailAt = 0;
        Assert.Equal(3, log.Read(0, InstanceFilter.All, int.MaxValue, _segments).Count);
        Assert.Equal(Versions(1, 3), EchoChangeEncoder.Parse(_segments).Select(change => change.Version));
    }

    private static IEnumerable<ulong> Versions(int from, int to) => Enumerable.Range(from, to - from + 1).Select(v => (ulong)v);

    private EncodedChangeLog<EchoChangeEncoder> Log(long bytesMax = long.MaxValue) => new(_under.Registry, default, bytesMax);

    private void Change(int times, string service = "orders")
    {
        for (int i = 0; i < times; i++)
        {
            _under.Register(service, $"i-{i % 7}");
        }
    }

    private readonly struct FailingEncoder : IChangeEncoder
    {
        public static ulong FailAt { get; set; }

        public void WriteChange(IBufferWriter<byte> output, in Change change)
        {
            if (change.Version == FailAt)
            {
                output.Write("half of a line"u8);
                throw new InvalidOperationException("as the test wants it");
            }

            default(EchoChangeEncoder).WriteChange(output, change);
        }

        public void WriteLeft(IBufferWriter<byte> output, in Change change) =>
            default(EchoChangeEncoder).WriteLeft(output, change);
    }
}
