using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [ConformanceFact]
    public async Task When_the_server_stops_links_and_watches_end_and_say_so()
    {
        await using Venue venue = await OpenAsync();
        IRegistryLink link = await venue.DialAsync();
        await using var watcher = new Watcher(venue, link);
        await watcher.NextAsync();
        Task<RegistryUpdate> next = watcher.NextAsync();
        Assert.False(link.Closed.IsCompleted);

        await venue.StopAsync();
        Assert.Equal(LinkFailure.Closed, (await Assert.ThrowsAsync<LinkException>(() => next)).Failure);
        LinkException closed = await venue.Soon(link.Closed, "the link to know that it is closed");
        Assert.NotEqual("", closed.Message);
        await AllCallsFailAsync(venue, link);
        await NobodyWatchesAsync(venue);

        LinkException refused = await Assert.ThrowsAsync<LinkException>(() => venue.DialAsync());
        Assert.Equal(LinkFailure.Unreachable, refused.Failure);
    }

    [ConformanceFact]
    public async Task A_link_that_is_disposed_of_ends_its_watches_and_refuses_calls()
    {
        await using Venue venue = await OpenAsync();
        IRegistryLink link = await venue.DialAsync();
        IRegistryLink other = await venue.DialAsync();
        await using var watcher = new Watcher(venue, link);
        await watcher.NextAsync();
        Task<RegistryUpdate> next = watcher.NextAsync();

        await link.DisposeAsync();
        Assert.Equal(LinkFailure.Closed, (await Assert.ThrowsAsync<LinkException>(() => next)).Failure);
        await venue.Soon(link.Closed, "the link to know that it is closed");
        await AllCallsFailAsync(venue, link);
        await NobodyWatchesAsync(venue);

        await link.DisposeAsync();
        await other.PingAsync();
    }

    [ConformanceFact]
    public async Task A_call_that_is_cancelled_before_it_starts_does_nothing()
    {
        await using Venue venue = await OpenAsync();
        IRegistryLink link = await venue.DialAsync();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1"), cancelled).AsTask()
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => link.ReadAsync(InstanceFilter.All, cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => link.PingAsync(cancelled).AsTask());
        Assert.Null(await link.FindAsync("orders", "i-1"));
        Assert.Equal(0ul, venue.Under.Version);
    }

    [ConformanceFact]
    public async Task Calls_that_are_cancelled_at_any_moment_leave_the_link_in_order()
    {
        await using Venue venue = await OpenAsync();
        IRegistryLink link = await venue.DialAsync();
        RegisterResult registered = await link.RegisterAsync(RegistrationBuilder.Of("orders", "i-1"));
        var random = new Random(99);
        for (int round = 0; round < 200; round++)
        {
            using var cancel = new CancellationTokenSource();
            Task<Instance?> found = link.FindAsync("orders", "i-1", cancel.Token).AsTask();
            Task<bool> renewed = link.RenewAsync(registered.Handle, cancel.Token).AsTask();
            Thread.SpinWait(random.Next(20_000));
            await cancel.CancelAsync();
            await Task.WhenAll(((Task)found).ContinueWith(_ => { }), ((Task)renewed).ContinueWith(_ => { }));
            Assert.True(found.IsCanceled || (found.IsCompletedSuccessfully && found.Result!.Id == "i-1"), found.Exception?.ToString());
            Assert.True(renewed.IsCanceled || (renewed.IsCompletedSuccessfully && renewed.Result), renewed.Exception?.ToString());
        }

        Assert.Null(await link.FindAsync("orders", "i-2"));
        Assert.True(await link.RenewAsync(registered.Handle));
    }

    private static async Task AllCallsFailAsync(Venue venue, IRegistryLink link)
    {
        IEnumerable<Func<Task>> calls = Calls(link, "orders", new LeaseHandle(1)).Select(call => call.Call);
        foreach (Func<Task> call in calls)
        {
            LinkException failed = await Assert.ThrowsAsync<LinkException>(() => venue.Soon(Done(call()), "a call on a closed link to fail"));
            Assert.Equal(LinkFailure.Closed, failed.Failure);
        }
    }
}
