using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rollcall.Client.AspNetCore;
using Rollcall.Core.Model;

namespace Rollcall.Client.Tests.AspNetCore;

/// <summary>Applications with a real Kestrel, registered in a registry of this process.</summary>
public sealed class ApplicationTests
{
    // Stops take some milliseconds, and 4 s where nobody answers; the rest is for a machine that pauses.
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(60);

    private readonly FakeNode _node = new();

    [Fact]
    public async Task An_application_registers_what_it_has_bound_is_called_by_name_and_leaves_in_time()
    {
        await using WebApplication first = Application("orders", "o-1");
        await using WebApplication second = Application("orders", "o-2");
        await using WebApplication caller = Application("caller", "c-1");
        foreach (WebApplication each in new[] { first, second, caller })
        {
            await each.StartAsync();
        }

        await IsUpAsync("orders", "o-1");
        await IsUpAsync("orders", "o-2");
        Assert.Equal(new Uri(first.Urls.Single()).Port, _node.Registry.Find("orders", "o-1")!.Port);
        Assert.Equal("127.0.0.1", _node.Registry.Find("orders", "o-1")!.GetText(InstanceText.Address));

        RollcallClient client = caller.Services.GetRequiredService<RollcallClient>();
        await Wait.UntilAsync(() => client.Catalogue.Find("orders")?.UpCount == 2, "the caller knows both");
        using HttpClient http = caller.Services.GetRequiredService<IHttpClientFactory>().CreateClient("orders");
        HashSet<string?> answered = [];
        for (int call = 0; call < 50; call++)
        {
            answered.Add(await http.GetFromJsonAsync<string>("http://orders/who"));
        }

        Assert.Equal(["o-1", "o-2"], answered.Order());

        // One leaves while calls go on: none fails.
        Task stop = first.StopAsync();
        while (!stop.IsCompleted)
        {
            Assert.NotNull(await http.GetFromJsonAsync<string>("http://orders/who"));
        }

        await stop;
        Assert.Null(_node.Registry.Find("orders", "o-1"));
        Assert.Equal("o-2", await http.GetFromJsonAsync<string>("http://orders/who"));

        long began = Stopwatch.GetTimestamp();
        await second.StopAsync();
        await caller.StopAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, s_stopLimit);
        Assert.Equal(0, _node.Registry.Registry.ReadSnapshot().Count);
    }

    [Fact]
    public async Task A_registry_that_is_away_holds_neither_start_nor_stop()
    {
        _node.IsDown = true;
        await using WebApplication app = Application("orders", "o-1");
        long began = Stopwatch.GetTimestamp();
        await app.StartAsync();
        await app.StopAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, s_stopLimit);
    }

    [Fact]
    public async Task Health_checks_decide_the_status_but_the_registrys_own_does_not()
    {
        HealthCheckResult result = HealthCheckResult.Unhealthy();
        await using WebApplication app = Application(
            "orders",
            "o-1",
            builder => builder.Services.AddHealthChecks().AddCheck("database", () => result)
        );
        await app.StartAsync();
        await Wait.UntilAsync(() => _node.Registry.Find("orders", "o-1")?.Status == InstanceStatus.Down, "it is down");
        result = HealthCheckResult.Degraded();
        await IsUpAsync("orders", "o-1");
        _node.IsDown = true;
        _node.LoseLinks();
        await app.StopAsync();
    }

    [Fact]
    public async Task The_health_check_says_when_the_registry_was_heard()
    {
        _node.IsDown = true;
        await using WebApplication app = Application("orders", "o-1");
        await app.StartAsync();
        HealthCheckService health = app.Services.GetRequiredService<HealthCheckService>();
        HealthReportEntry entry = (await health.CheckHealthAsync()).Entries["rollcall"];
        Assert.Equal((HealthStatus.Unhealthy, "No registry has been heard yet."), (entry.Status, entry.Description));
        _node.IsDown = false;
        await IsUpAsync("orders", "o-1");
        RollcallClient client = app.Services.GetRequiredService<RollcallClient>();
        await Wait.UntilAsync(() => client.Age is not null, "the registry is heard");
        entry = (await health.CheckHealthAsync()).Entries["rollcall"];
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal("Up", entry.Data["registered"]);
        Assert.True((double)entry.Data["ageSeconds"] >= 0 && (double)entry.Data["lastAnswerSeconds"] >= 0, "both ages are known");
        Assert.Equal("tcp://127.0.0.1:8762", entry.Data["server"]);
        await app.StopAsync();
    }

    [Fact]
    public async Task Discovery_may_be_the_default_of_all_HTTP_clients_and_be_added_twice()
    {
        await using WebApplication app = Application(
            "orders",
            "o-1",
            builder =>
            {
                builder.Services.ConfigureHttpClientDefaults(http => http.AddRollcallDiscovery());
                builder.Services.AddHttpClient("twice").AddRollcallDiscovery();
            }
        );
        await app.StartAsync();
        RollcallClient client = app.Services.GetRequiredService<RollcallClient>();
        await Wait.UntilAsync(() => client.Catalogue.Find("orders")?.UpCount == 1, "the application finds itself");
        foreach (string name in new[] { "anybody", "twice" })
        {
            using HttpClient http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);
            Assert.Equal("o-1", await http.GetFromJsonAsync<string>("https+http://orders/who"));
            Assert.Equal("o-1", await http.GetFromJsonAsync<string>(app.Urls.Single() + "/who")); // an address is left alone
        }

        Assert.Equal(0, client.Catalogue.Find("orders")!.Endpoints[0].Pending);
        await app.StopAsync();
    }

    [Fact]
    public async Task Settings_that_are_wrong_stop_the_start_with_all_problems()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder
            .Services.AddRollcallClient(options => options with { TriesPerCall = 0 })
            .Register(new SelfOptions { Service = " ", Port = 0 });
        await using WebApplication app = builder.Build();
        OptionsValidationException problem = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
        Assert.Equal(
            [
                "ClientOptions.TriesPerCall = 0 is outside 1..10 servers",
                "Servers is empty: name at least one server of the registry",
                "SelfOptions.Service =   is outside a name",
                "SelfOptions.Port = 0 is outside 1..65535, or absent",
            ],
            problem.Failures
        );
    }

    [Fact]
    public async Task What_an_import_took_over_is_one_line_of_the_log_without_the_URLs_password()
    {
        var lines = new Lines();
        await using WebApplication app = Application(
            "orders",
            "o-1",
            builder =>
            {
                builder.Logging.AddProvider(lines);
                builder.Configuration["eureka:client:serviceUrl"] = "http://shop:hunter2@127.0.0.1:1/eureka/";
                builder.Services.AddRollcallClient().ImportEureka(builder.Configuration);
            }
        );
        await app.StartAsync();
        await app.StopAsync();
        string[] said = [.. lines.All.Where(line => line.Contains("eureka", StringComparison.OrdinalIgnoreCase))];
        Assert.Equal(["Eureka: taken over client:serviceUrl as Servers; ignored nothing."], said);
        Assert.DoesNotContain("hunter2", string.Join('\n', lines.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disabled_it_checks_nothing_and_dials_nothing()
    {
        await using WebApplication app = Application(
            "orders",
            "o-1",
            builder => builder.Services.AddRollcallClient(new ClientOptions { Enabled = false, TriesPerCall = 0 })
        );
        await app.StartAsync();
        await app.StopAsync();
        Assert.Equal(0, _node.Tries);
    }

    [Fact]
    public async Task Clients_of_several_registries_live_side_by_side_and_adding_one_twice_is_once()
    {
        var other = new FakeNode();
        other.Registry.Register("mail", "m-1");
        await using WebApplication app = Application(
            "orders",
            "o-1",
            builder =>
            {
                builder.Services.AddRollcallClient("other").AddServer(new("tcp://127.0.0.1:9", other.OpenAsync));
                builder.Services.AddRollcallClient("other");
                builder.Services.AddRollcallClient();
            }
        );
        await app.StartAsync();
        RollcallClient keyed = app.Services.GetRequiredKeyedService<RollcallClient>("other");
        await Wait.UntilAsync(() => keyed.Catalogue.Find("mail") is not null, "the other registry is known");
        await IsUpAsync("orders", "o-1");
        Assert.Null(other.Registry.Find("orders", "o-1"));
        Assert.Null(app.Services.GetRequiredService<RollcallClient>().Catalogue.Find("mail"));
        Assert.Equal((1, 1), (_node.Tries, other.Tries));
        await app.StopAsync();
    }

    private WebApplication Application(string service, string id, Action<WebApplicationBuilder>? more = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder
            .Services.AddRollcallClient()
            .AddServer(new("tcp://127.0.0.1:8762", _node.OpenAsync))
            .Register(new SelfOptions { Service = service, Id = id, HealthInterval = TimeSpan.FromMilliseconds(100) })
            .AddHealthCheck();
        builder.Services.AddHttpClient("orders").AddRollcallDiscovery();
        more?.Invoke(builder);
        WebApplication app = builder.Build();
        app.MapGet("/who", () => Microsoft.AspNetCore.Http.Results.Json(id));
        return app;
    }

    private Task IsUpAsync(string service, string id) =>
        Wait.UntilAsync(() => _node.Registry.Find(service, id)?.Status == InstanceStatus.Up, $"{service}/{id} is up");

    /// <summary>What an application logs.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

        public IEnumerable<string> All => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));

        public void Dispose() { }
    }
}
