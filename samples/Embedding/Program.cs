// A registry inside your own program: no server, no socket, no thread, and time moves when you say so.
using Rollcall.Core;
using Rollcall.Core.Model;

var registry = new RegistryService(new RegistryOptions(), TimeProvider.System);
MonotonicTime now = registry.Now;

RegisterResult registered = registry.Register(
    new Registration
    {
        Service = "orders",
        Id = "orders-1",
        HostName = "orders.local",
        Address = "10.0.0.7",
        Port = 8080,
        PortEnabled = true,
        LeaseDuration = TimeSpan.FromSeconds(3),
    },
    now
);

Console.WriteLine(registered.Error?.Message ?? $"registered: version {registered.Version}");
foreach (Instance instance in registry.ReadSnapshot().InstancesOf("orders"))
{
    Console.WriteLine($"found: {instance.Service} {instance.Id} at {instance.GetText(InstanceText.Address)}:{instance.Port}");
}

Console.WriteLine($"renewed: {registry.Renew(registered.Handle, now)}");

// Nobody renews any more: the lease ends three seconds later, not earlier, and not because a thread woke up.
for (MonotonicTime renewed = now; now - renewed < TimeSpan.FromSeconds(4); now += registry.Options.WheelTick)
{
    if (registry.Advance(now).Expired > 0)
    {
        Console.WriteLine($"expired: {(now - renewed).TotalSeconds} s after the renewal, {registry.ReadSnapshot().Count} left");
    }
}
