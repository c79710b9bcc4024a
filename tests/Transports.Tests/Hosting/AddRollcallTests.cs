using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rollcall.Core;
using Rollcall.Hosting;
using Rollcall.Transports.HttpServer;

namespace Rollcall.Transports.Tests.Hosting;

/// <summary>A registry inside an application, by dependency injection.</summary>
public sealed class AddRollcallTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_lines_of_the_readme_start_a_registry_that_answers()
    {
        // readme:begin
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder
            .Services.AddRollcall(o => o.Registry = o.Registry with { LeaseGrace = TimeSpan.FromSeconds(5) })
            .AddTransport(new HttpServerTransport(new HttpServerOptions { Url = "http://127.0.0.1:0" }));
        using IHost host = builder.Build();
        await host.StartAsync();
        // readme:end

        using var client = new HttpClient();
        string address = Assert.Single(host.Services.GetRequiredService<RegistryRunner>().Addresses);
        string body = await client.GetStringAsync($"{address}/eureka/apps");
        Assert.Contains("<applications>", body, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(5), host.Services.GetRequiredService<RegistryService>().Options.LeaseGrace);
        await host.StopAsync().WaitAsync(s_deadline);
    }

    [Fact]
    public async Task Called_twice_it_is_one_registry_with_the_settings_of_both()
    {
        var first = new FakeTransport("first");
        var second = new FakeTransport("second");
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddRollcall(new RegistryOptions { VipsMax = 7, StripeCount = 8 }).AddTransport(first);
        builder.Services.AddRollcall(o => o.Registry = o.Registry with { VipsMax = 9 }).AddTransport(_ => second);
        using IHost host = builder.Build();
        await host.StartAsync();

        RegistryService registry = host.Services.GetRequiredService<RegistryService>();
        Assert.Equal((9, 8), (registry.Options.VipsMax, registry.Options.StripeCount));
        Assert.Same(registry, first.Registry);
        Assert.Same(registry, second.Registry);
        await host.StopAsync().WaitAsync(s_deadline);
        Assert.Equal(["start", "stop"], first.Calls);
    }

    [Fact]
    public async Task Disposing_the_host_disposes_the_transports()
    {
        var transport = new FakeTransport();
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddRollcall().AddTransport(transport);
        using (IHost host = builder.Build())
        {
            await host.StartAsync();
            await host.StopAsync().WaitAsync(s_deadline);
        }

        Assert.Equal(["start", "stop", "dispose"], transport.Calls);
    }

    [Fact]
    public async Task A_section_is_bound_and_the_host_refuses_to_start_with_all_its_problems()
    {
        IConfigurationSection good = Section(("LeaseGrace", "5s"));
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddRollcall(good);
        using (IHost host = builder.Build())
        {
            Assert.Equal(TimeSpan.FromSeconds(5), host.Services.GetRequiredService<RegistryService>().Options.LeaseGrace);
        }

        IConfigurationSection bad = Section(("LeaseGrase", "5s"), ("WheelTick", "90"), ("GuardThreshold", "7"));
        builder = Host.CreateApplicationBuilder();
        builder.Services.AddRollcall(bad);
        using IHost refused = builder.Build();
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => refused.StartAsync());
        Assert.Equal(3, exception.Failures.Count());
        Assert.Contains("Did you mean Registry:LeaseGrace?", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Registry:WheelTick = 90", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Registry:GuardThreshold = 7", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_set_by_code_are_judged_as_well()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddRollcall(new RegistryOptions { StripeCount = 3, VipsMax = 0 });
        using IHost host = builder.Build();
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Equal(2, exception.Failures.Count());
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] entries) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(entries.Select(entry => KeyValuePair.Create($"Registry:{entry.Key}", (string?)entry.Value)))
            .Build()
            .GetSection("Registry");
}
