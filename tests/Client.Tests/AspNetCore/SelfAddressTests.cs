using System.Net;
using Rollcall.Client.AspNetCore;
using Rollcall.Core.Model;

namespace Rollcall.Client.Tests.AspNetCore;

/// <summary>What address and ports are registered: the ones that others can reach.</summary>
public sealed class SelfAddressTests
{
    private static readonly SelfOptions s_self = new() { Service = "orders" };
    private static readonly IPAddress s_route = IPAddress.Parse("10.1.2.3");

    [Theory]
    [InlineData("http://[::]:5000", "10.1.2.3", 5000, 0)]
    [InlineData("http://0.0.0.0:5000", "10.1.2.3", 5000, 0)]
    [InlineData("http://+:80", "10.1.2.3", 80, 0)]
    [InlineData("http://*:80", "10.1.2.3", 80, 0)]
    [InlineData("https://[::]:443", "10.1.2.3", 0, 443)]
    [InlineData("http://[::]:5000 https://[::]:5001", "10.1.2.3", 5000, 5001)]
    [InlineData("http://192.168.7.7:5000", "192.168.7.7", 5000, 0)]
    [InlineData("http://[2001:db8::7]:5000", "2001:db8::7", 5000, 0)]
    [InlineData("http://localhost:5000", "127.0.0.1", 5000, 0)]
    [InlineData("http://127.0.0.1:5000", "127.0.0.1", 5000, 0)]
    [InlineData("http://unix:/tmp/sock http://[::]:7000", "10.1.2.3", 7000, 0)]
    [InlineData("http://[::]:5000 http://[::]:6000", "10.1.2.3", 5000, 0)]
    public void It_follows_from_what_is_bound_and_the_route(string bound, string address, int port, int securePort)
    {
        (Registration? made, _) = SelfAddress.Choose(s_self, bound.Split(' '), s_route, "box");
        Assert.Equal((address, address), (made!.Address, made.HostName));
        Assert.Equal((port, port > 0, securePort, securePort > 0), (made.Port, made.PortEnabled, made.SecurePort, made.SecurePortEnabled));
        Assert.Equal($"box:orders:{(port > 0 ? port : securePort)}", made.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://[::]:0")]
    [InlineData("http://unix:/tmp/sock")]
    public void Port_0_and_what_nobody_can_reach_are_never_registered(string bound)
    {
        (Registration? made, string reason) = SelfAddress.Choose(s_self, bound.Split(' ', StringSplitOptions.RemoveEmptyEntries), s_route, "box");
        Assert.Null(made);
        Assert.StartsWith("Nothing to register", reason, StringComparison.Ordinal);
        Assert.Contains(bound, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_application_says_wins_over_all_that_was_found()
    {
        SelfOptions self = s_self with { Id = "o-1", HostName = "orders.example.org", Address = "203.0.113.9", Port = 80, SecurePort = 443 };
        (Registration? made, string reason) = SelfAddress.Choose(self, ["http://[::]:5000"], s_route, "box");
        Assert.Equal(("o-1", "orders.example.org", "203.0.113.9"), (made!.Id, made.HostName, made.Address));
        Assert.Equal((80, 443), (made.Port, made.SecurePort));
        Assert.Contains("10.1.2.3 (SelfOptions.Address is set)", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_looks_up_by_virtual_address_finds_it_by_the_name_of_its_service_unless_told_otherwise()
    {
        (Registration? plain, _) = SelfAddress.Choose(s_self with { Weight = 7 }, ["http://[::]:5000"], s_route, "box");
        Assert.Equal((7, "orders", null), (plain!.Weight, plain.Vips, plain.SecureVips));
        (Registration? secure, _) = SelfAddress.Choose(s_self with { Vips = "shop" }, ["https://[::]:5000"], s_route, "box");
        Assert.Equal(("shop", "orders"), (secure!.Vips, secure.SecureVips));
    }

    [Fact]
    public void Without_a_route_it_says_that_only_this_machine_reaches_it()
    {
        (Registration? made, string reason) = SelfAddress.Choose(s_self, ["http://[::]:5000"], null, "box");
        Assert.Equal("127.0.0.1", made!.Address);
        Assert.Contains("only this machine reaches it", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_route_to_a_registry_on_this_machine_is_loopback()
    {
        Assert.Equal(
            IPAddress.Loopback,
            await RouteProbe.LocalAddressAsync([new("tcp://127.0.0.1:8762", _ => throw new NotSupportedException())], default)
        );
        Assert.Null(await RouteProbe.LocalAddressAsync([new("a name", _ => throw new NotSupportedException())], default));
    }
}
