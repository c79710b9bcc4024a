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

async Task FollowAsync(TaskCompletionSource first)
{
    // readme:begin
    await using var follower = new RegistryFollower(OpenAsync, InstanceFilter.Services("orders"));
    FollowerState state = follower.State;
    do
    {
        state = await follower.ChangeAsync(state);
        IReadOnlyList<Instance> there = follower.Read().Instances;
        Console.WriteLine($"{state.Version.Number}: {string.Join(", ", there.Select(i => $"{i.Id} {i.Status}"))}");
        // readme:end
        first.TrySetResult();
    } while (state.Version.Number < 3);
}

var first = new TaskCompletionSource();
Task following = FollowAsync(first);
await first.Task;

// An instance that leaves as it should: it says so, waits until all who follow its service have seen that, and goes.
await using IRegistryLink owner = await OpenAsync(default);
await owner.RegisterAsync(new() { Service = "orders", Id = "orders-1", HostName = "orders.local", Address = "10.0.0.7" });
WriteResult leaving = await owner.SetStatusAsync("orders", "orders-1", InstanceStatus.OutOfService);
while ((await owner.ReadAcknowledgedAsync("orders")).Version.Number < leaving.Version)
{
    await Task.Delay(TimeSpan.FromMilliseconds(50));
}

await owner.CancelAsync("orders", "orders-1");
await following;
await host.StopAsync();
