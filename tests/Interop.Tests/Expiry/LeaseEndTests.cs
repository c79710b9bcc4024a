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

        output.WriteLine("measured: a lease of 3 s, seen gone by polls after its end, at most: "
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
    /// Registers, beats for a while, stops, and watches the end. The server cannot have counted from before the last beat was
    /// sent, so what is gone less than a lease after that is gone early.
    /// </summary>
    /// <returns>How late it was, at most: counted from then as well.</returns>
    private static async Task<TimeSpan> LatenessAsync(EurekaCalls calls, int n, bool beat)
    {
        ClientInstance instance = Leased($"o-{n}");
        long began = Stopwatch.GetTimestamp();
        long lastSent = began;
        await calls.RegisterAsync(instance);
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(150 + (n * 37)));
        while (beat && Stopwatch.GetElapsedTime(began) < s_beating)
        {
            await pace.WaitForNextTickAsync();
            long sent = Stopwatch.GetTimestamp();
            if ((await calls.RenewAsync("ORDERS", instance.Id!)).Status == 404)
            {
                AssertNotEarly(instance, lastSent);
                await calls.RegisterAsync(instance);
            }

            lastSent = sent;
        }

        await Wait.UntilAsync(
            async () => await calls.StatusOfAsync("ORDERS", instance.Id!) is null,
            () => $"the end of {instance.Id}, a lease of {s_lease}");

        return AssertNotEarly(instance, lastSent) - s_lease;
    }

    private static TimeSpan AssertNotEarly(ClientInstance instance, long lastSent)
    {
        TimeSpan lasted = Stopwatch.GetElapsedTime(lastSent);
        Assert.True(lasted >= s_lease, $"{instance.Id} was gone {lasted} after its last beat, before {s_lease}.");
        return lasted;
    }
}
