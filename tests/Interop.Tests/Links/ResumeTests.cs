using Rollcall.Client;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Interop.Tests.Links;

/// <summary>Subscribers and owners of a real server that is killed, started anew, or stands still.</summary>
public sealed class ResumeTests(ITestOutputHelper output)
{
    private const int SubscriberCount = 200;
    private const int OwnerCount = 10;
    private const int InstancesPerOwner = 5;
    private const int InstanceCount = OwnerCount * InstancesPerOwner;

    /// <summary>A link that is dead is found so after at most twice this long.</summary>
    private static readonly FollowerOptions s_watchful = new() { SilenceMax = TimeSpan.FromSeconds(1), RetryMax = TimeSpan.FromSeconds(1) };

    [Theory]
    [InlineData("tcp")]
    [InlineData("tcp", "http")]
    public Task After_a_kill_and_a_restart_200_subscribers_resume_and_agree(params string[] schemes) => ResumesAsync("off", schemes);

    [QuicTheory]
    [InlineData("quic")]
    [InlineData("quic", "tcp")]
    public Task Over_QUIC_200_subscribers_resume_and_agree_after_a_kill(params string[] schemes) => ResumesAsync("auto", schemes);

    private async Task ResumesAsync(string quic, string[] schemes)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(
            "--guard",
            "off",
            "--http",
            $"http://127.0.0.1:{QuietPort.Next()}",
            "--tcp",
            $"127.0.0.1:{QuietPort.Next()}",
            "--quic",
            quic
        );
        await using var owners = new Owners(server, schemes);
        await using var audience = new Audience(SubscriberCount, (number, token) => OpenAsync(server, schemes, number, token), s_watchful);
        await AgreeAsync(server, audience, InstanceCount);

        await server.KillAsync();
        await audience.LosesItsLinksAsync();
        await server.RestartAsync();
        long back = Environment.TickCount64;
        await AgreeAsync(server, audience, InstanceCount);

        output.WriteLine($"measured: {SubscriberCount} subscribers agree again after a restart: {Environment.TickCount64 - back} ms");
        Assert.Equal(2 * InstanceCount, owners.Registered);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("http")]
    public async Task After_the_server_stood_still_200_subscribers_resume_and_agree(params string[] schemes)
    {
        await using ServerProcess server = await ServerProcess.StartAsync("--guard", "off");
        await using var owners = new Owners(server, schemes);
        await using var audience = new Audience(SubscriberCount, (number, token) => OpenAsync(server, schemes, number, token), s_watchful);
        await AgreeAsync(server, audience, InstanceCount);

        await server.PauseAsync();
        await audience.LosesItsLinksAsync();
        await server.ResumeAsync();
        await AgreeAsync(server, audience, InstanceCount);
        await using IRegistryLink link = await Dial.OpenAsync(server, schemes[0]);
        await link.SetStatusAsync("service-0", "i-0", InstanceStatus.OutOfService);
        await AgreeAsync(server, audience, InstanceCount);

        Assert.Equal(InstanceCount, owners.Registered);
    }

    private static ValueTask<IRegistryLink> OpenAsync(
        ServerProcess server,
        string[] schemes,
        int number,
        CancellationToken cancellation
    ) => Dial.OpenAsync(server, schemes[number % schemes.Length], cancellation: cancellation);

    private static async Task AgreeAsync(ServerProcess server, Audience audience, int instances)
    {
        await using IRegistryLink link = await Dial.OpenAsync(server, "tcp");
        await audience.AgreesAsync(link, instances);
    }

    private sealed class Owners : IAsyncDisposable
    {
        private readonly Owner[] _all;

        public Owners(ServerProcess server, string[] schemes) =>
            _all =
            [
                .. Enumerable
                    .Range(0, OwnerCount)
                    .Select(owner => new Owner(token => OpenAsync(server, schemes, owner, token), [.. RegistrationsOf(owner)])),
            ];

        public int Registered => _all.Sum(owner => owner.Registered);

        public async ValueTask DisposeAsync() => await Task.WhenAll(_all.Select(owner => owner.DisposeAsync().AsTask()));

        private static IEnumerable<Registration> RegistrationsOf(int owner) =>
            Enumerable.Range(0, InstancesPerOwner).Select(i => RegistrationBuilder.Of($"service-{owner}", $"i-{i}"));
    }
}
