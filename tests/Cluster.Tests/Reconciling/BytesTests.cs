using System.Diagnostics;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>Bytes that repair and renewals cost, counted: rows 14 and 15 of the targets. <c>BYTES_INSTANCES=1000000</c> for their size.</summary>
public sealed class BytesTests(ITestOutputHelper output)
{
    private static readonly int s_instances = int.TryParse(Environment.GetEnvironmentVariable("BYTES_INSTANCES"), out int count) ? count : 50_000;

    private readonly HandClock _clock = new();

    [Fact]
    public void A_repair_costs_less_than_40_bytes_per_difference_beside_the_records()
    {
        int differences = Math.Min(10_000, s_instances / 5);
        RegistryService a = New(1);
        RegistryService b = New(2);
        Copy(a, b, s_instances);

        // One node has instances that the other lacks, and of others it has a newer record: both ways, as after a partition.
        for (int i = 0; i < differences / 2; i++)
        {
            Register(i % 2 == 0 ? a : b, s_instances + i);
        }

        for (int i = 0; i < differences / 2; i++)
        {
            Register(i % 2 == 0 ? a : b, i);
        }

        var watch = Stopwatch.StartNew();
        (long bytes, long records) = HandRepair.Run(a, b);
        Assert.Equal(a.Replica!.ReadDigest().Root, b.Replica!.ReadDigest().Root);
        double each = bytes / (double)differences;
        output.WriteLine($"{s_instances} instances, {differences} differences: {each:0.0} bytes each, {records} records, {watch.Elapsed.TotalSeconds:0.00} s");
        Assert.True(each < 40 || differences < 10_000, $"{each} bytes per difference");

        // A record that is older there is fetched before that is known: of the half that changed, half.
        Assert.True(records <= differences * 5 / 4, $"{records} records for {differences} differences");
    }

    [Fact]
    public void A_heartbeat_costs_less_than_a_byte_per_peer()
    {
        RegistryService registry = New(1);
        var handles = new List<Core.Leases.LeaseHandle>();
        for (int i = 0; i < s_instances; i++)
        {
            handles.Add(Register(registry, i));
        }

        var book = new RenewalBook(registry, registry.Options.Cluster!);
        book.Take(registry.Now);
        long bytes = 0;
        long heartbeats = 0;

        // Each renews every 30 s, evenly spread; a set every 5 s.
        for (int second = 0; second < 60; second++)
        {
            _clock.Pass(TimeSpan.FromSeconds(1));
            registry.Advance(registry.Now);
            for (int i = second % 30; i < handles.Count; i += 30)
            {
                Assert.True(registry.Renew(handles[i], registry.Now));
                heartbeats++;
            }

            bytes += book.Take(registry.Now)?.Numbers.Length ?? 0;
        }

        output.WriteLine($"{s_instances} instances: {bytes / (double)heartbeats:0.000} bytes per heartbeat and peer");
        Assert.InRange(bytes / (double)heartbeats, 0.1, 1.0);
    }

    private RegistryService New(uint node) =>
        new(
            new RegistryOptions
            {
                NodeId = node,
                Seed = node,
                StripeCount = 16,
                ChangeRingCapacity = 1_024,
                Cluster = new ClusterOptions { ClusterId = "bytes" },
            },
            _clock
        );

    private static Core.Leases.LeaseHandle Register(RegistryService registry, int i) =>
        registry.Register(RegistrationBuilder.Of("ORDERS", $"instance-{i}"), registry.Now).Handle;

    private static void Copy(RegistryService from, RegistryService to, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Register(from, i);
        }

        foreach (Instance[] part in from.ReadSnapshot().Instances().Chunk(4_096))
        {
            to.Replica!.Apply([.. part.Select(record => from.Replica!.KeyedStateOf(record, from.Now))], 1, to.Now);
        }
    }
}
