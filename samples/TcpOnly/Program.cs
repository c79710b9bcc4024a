// A registry inside a program, open to others over TCP; no web server is shipped with it. Then what another program does: it is told
// of every change, and takes an instance out without anybody calling it in vain.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Client;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Hosting;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.Services.AddRollcall().AddTransport(new TcpServerTransport(new TcpServerOptions { Address = "127.0.0.1:0" }));
using IHost host = builder.Build();
await host.StartAsync();
int port = new Uri(host.Services.GetRequiredService<RegistryRunner>().Addresses[0]).Port;

// From here on it could be another machine.
async ValueTask<IRegistryLink> OpenAsync(CancellationToken cancellation) =>
    await WireLink.ConnectAsync(new TcpDialer(new() { Host = "127.0.0.1", Port = port }), new WireLinkOptions(), cancellation);

async Task FollowAsync()
{
    // readme:begin
    await using var follower = new RegistryFollower(OpenAsync, InstanceFilter.Services("orders"));
    FollowerState state = follower.State;
    while (state.Version.Number < 3)
    {
        state = await follower.ChangeAsync(state);
        string there = string.Join(", ", follower.Read().Instances.Select(i => $"{i.Id} {i.Status}"));
        Console.WriteLine($"version {state.Version.Number}: {there}");
    }
    // readme:end
}

await using IRegistryLink owner = await OpenAsync(default);
async Task SeenByAllAsync(ulong version)
{
    while (await owner.ReadAcknowledgedAsync("orders") is var seen && (seen.Subscribers == 0 || seen.Version.Number < version))
    {
        await Task.Delay(TimeSpan.FromMilliseconds(50));
    }
}

Task following = FollowAsync();
await SeenByAllAsync(0);

// An instance comes, and leaves as it should: it says so, waits until all who follow its service have seen that, and goes.
await owner.RegisterAsync(new() { Service = "orders", Id = "orders-1", HostName = "orders.local", Address = "10.0.0.7" });
WriteResult leaving = await owner.SetStatusAsync("orders", "orders-1", InstanceStatus.OutOfService);
await SeenByAllAsync(leaving.Version);
await owner.CancelAsync("orders", "orders-1");
await following;
await host.StopAsync();
