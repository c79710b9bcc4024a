using System.Diagnostics;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Interop.Tests.Links;
using Xunit.Abstractions;

namespace Rollcall.Interop.Tests.Gateways;

/// <summary>A gateway, a registry and four instances, a process each, under load: one comes, one is drained, one leaves, one is killed.</summary>
public sealed class UnderLoadTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Only_requests_under_way_on_a_killed_instance_fail_and_none_when_one_comes_or_leaves()
    {
        await using ServerProcess registry = await ServerProcess.StartAsync();
        await using ProgramProcess gateway = ProgramProcess.Gateway(
            "--registry",
            registry.AddressOf("tcp").OriginalString,
            "--listen",
            "http://127.0.0.1:0"
        );
        await using ProgramProcess one = ProgramProcess.Greeter(registry, "one");
        await using ProgramProcess two = ProgramProcess.Greeter(registry, "two");
        await using ProgramProcess three = ProgramProcess.Greeter(registry, "three");
        await using ProgramProcess four = ProgramProcess.Greeter(registry, "four");
        await using IRegistryLink link = await Dial.OpenAsync(registry, "tcp");
        Uri entrance = await gateway.ReadyAsync();
        foreach (string id in (string[])["one", "two", "three", "four"])
        {
            await UpAsync(link, id);
        }

        await using var load = new GreeterLoad(entrance);
        foreach (string id in (string[])["one", "two", "three", "four"])
        {
            await load.HearAsync(id);
        }

        // One comes.
        await using ProgramProcess five = ProgramProcess.Greeter(registry, "five");
        await UpAsync(link, "five");
        long up = Stopwatch.GetTimestamp();
        await load.HearAsync("five");
        output.WriteLine($"From UP in the registry to the first answer through the gateway: at most {Stopwatch.GetElapsedTime(up).TotalMilliseconds:0} ms");

        // One is taken out by an operator: it gets no new request, though it would answer.
        WriteResult taken = await link.SetStatusAsync("greeter", "two", InstanceStatus.OutOfService);
        await SeenAsync(link, taken.Version);
        await load.GoOnAsync(); // what was under way there has ended
        int answered = load.From("two");
        await load.GoOnAsync();
        Assert.Equal(answered, load.From("two"));

        // One leaves by itself.
        Assert.Equal(0, await three.TerminateAsync());
        await load.GoOnAsync();
        Assert.True(load.Failures.Count == 0, $"Nobody was killed yet: {load}");

        // One is killed: what could be repeated was, the rest says whose fault it was.
        await one.KillAsync();
        await load.GoOnAsync();
        output.WriteLine($"Killed: {load.Failures.Count} of {2 * GreeterLoad.Callers} requests at a time failed, of {load.Count}");
        Assert.All(
            load.Failures,
            failure =>
            {
                Assert.Equal(HttpMethod.Post, failure.Method);
                Assert.Equal(System.Net.HttpStatusCode.BadGateway, failure.Status);
                Assert.StartsWith("GREETER/one: ", failure.Text, StringComparison.Ordinal);
            }
        );
        Assert.InRange(load.Failures.Count, 0, GreeterLoad.Callers);
        int failed = load.Failures.Count;
        await load.GoOnAsync();
        Assert.Equal(failed, load.Failures.Count);
    }

    private static Task UpAsync(IRegistryLink link, string id) =>
        Wait.UntilAsync(
            async () => await link.FindAsync("greeter", id) is { Status: InstanceStatus.Up },
            () => $"GREETER/{id} is up"
        );

    private static Task SeenAsync(IRegistryLink link, ulong version) =>
        Wait.UntilAsync(
            async () => await link.ReadAcknowledgedAsync("greeter") is { Subscribers: > 0 } seen && seen.Version.Number >= version,
            () => $"all who follow greeter have seen version {version}"
        );
}
