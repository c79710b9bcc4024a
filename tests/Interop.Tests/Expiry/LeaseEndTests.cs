using System.Diagnostics;
using Rollcall.Interop.Tests.Calls;
using Rollcall.Testing.Support.Clients;
using Xunit.Abstractions;

namespace Rollcall.Interop.Tests.Expiry;

/// <summary>Leases end when promised, as seen over HTTP.</summary>
public sealed class LeaseEndTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);

    /// <summary>Longer than a lease, so that a renewal that did nothing would show.</summary>
    private static readonly TimeSpan s_beating = TimeSpan.FromSeconds(3.5);

    [Fact]
    public async Task A_lease_of_3_s_is_never_gone_before_3_s_after_its_last_heartbeat_and_goes_soon_after()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        using EurekaCalls calls = new(server.BaseUrl);

        TimeSpan[] lateness = await Task.WhenAll(Enumerable.Range(1, 5).Select(n => LatenessAsync(calls, n, beat: n != 1)));

        output.WriteLine("Gone after the end of the lease, as seen from outside: "
            + string.Join(", ", lateness.Order().Select(l => $"{l.TotalMilliseconds:0} ms")));
    }

    [Fact]
    public async Task What_ends_is_gone_from_every_read_and_explained()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        using EurekaCalls calls = new(server.BaseUrl);
        ClientInstance instance = Leased("o-1") with { Lease = new ClientLease(1, 1, 0, 0, 0, 0) };
        await calls.RegisterAsync(instance);

        // The instance alone is read live; lists show the snapshot, which is published a moment after the lease has ended.
        await Wait.UntilAsync(
            async () => (await calls.ReadAsync("apps/ORDERS", WireFormat.Json)).Status == 404, () => "the end of a lease of 1 s");

        AnswerSweep sweep = new(calls);
        await sweep.RunAsync([], instance with { Action = "DELETED", Override = "UNKNOWN", Coordinating = false });
        Assert.Equal(404, (await calls.RenewAsync("ORDERS", "o-1")).Status);
        string why = System.Text.Encoding.UTF8.GetString((await calls.ReadAsync("/v1/explain/ORDERS/o-1")).Body);
        Assert.Contains("\"expired\"", why, StringComparison.Ordinal);
    }

    private static ClientInstance Leased(string id) =>
        SampleInstances.Plain("ORDERS", id) with { Lease = new ClientLease(1, (int)s_lease.TotalSeconds, 0, 0, 0, 0) };

    /// <summary>
    /// Registers, beats for a while, stops, and watches the end. The moment before the last beat was sent is the earliest that
    /// the server can have counted from; the moment after it was answered is the latest.
    /// </summary>
    private static async Task<TimeSpan> LatenessAsync(EurekaCalls calls, int n, bool beat)
    {
        ClientInstance instance = Leased($"o-{n}");
        long earliest = Stopwatch.GetTimestamp();
        await calls.RegisterAsync(instance);
        long latest = Stopwatch.GetTimestamp();
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(150 + (n * 37)));
        long began = latest;
        while (beat && Stopwatch.GetElapsedTime(began) < s_beating)
        {
            await pace.WaitForNextTickAsync();
            long sent = Stopwatch.GetTimestamp();
            if ((await calls.RenewAsync("ORDERS", instance.Id!)).Status == 404)
            {
                TimeSpan lasted = Stopwatch.GetElapsedTime(earliest);
                Assert.True(lasted >= s_lease, $"{instance.Id} was gone {lasted} after a beat, before {s_lease}.");
                await calls.RegisterAsync(instance);
            }

            (earliest, latest) = (sent, Stopwatch.GetTimestamp());
        }

        await Wait.UntilAsync(
            async () => await calls.StatusOfAsync("ORDERS", instance.Id!) is null,
            () => $"the end of {instance.Id}, a lease of {s_lease}");

        long gone = Stopwatch.GetTimestamp();
        TimeSpan longest = Stopwatch.GetElapsedTime(earliest, gone);
        Assert.True(longest >= s_lease, $"{instance.Id} was gone {longest} after its last beat, before {s_lease}.");
        return Stopwatch.GetElapsedTime(latest, gone) - s_lease;
    }
}
