using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;
using Rollcall.Client.ServiceDiscovery;
using Rollcall.Core.Model;
using Rollcall.Testing;

namespace Rollcall.Client.Tests.ServiceDiscovery;

/// <summary>Microsoft.Extensions.ServiceDiscovery, as applications use it, over what the registry knows.</summary>
public sealed class ServiceDiscoveryTests : IAsyncLifetime
{
    private readonly InMemoryRegistry _registry = new();
    private readonly ServiceCollection _services = new();
    private readonly Dictionary<string, string?> _settings = [];
    private ServiceProvider? _container;

    public async Task InitializeAsync()
    {
        RollcallClient client = _registry.CreateClient();
        await client.StartAsync();
        _services.AddSingleton(client);
        _services.AddSingleton<IConfiguration>(_ => new ConfigurationBuilder().AddInMemoryCollection(_settings).Build());
        _services.AddServiceDiscovery().AddRollcallServiceEndpointProvider();
    }

    public async Task DisposeAsync()
    {
        if (_container is not null)
        {
            await _container.DisposeAsync();
        }

        await _registry.DisposeAsync();
    }

    [Theory]
    [InlineData("orders", "http://10.0.0.1:8080/", "https://b.example.org:8443/", "https://c.example.org:8443/")]
    [InlineData("http://Orders", "http://10.0.0.1:8080/", "http://10.0.0.2:8080/")]
    [InlineData("http://orders:9999", "http://10.0.0.1:8080/", "http://10.0.0.2:8080/")]
    [InlineData("https://orders", "https://b.example.org:8443/", "https://c.example.org:8443/")]
    [InlineData("https+http://orders", "https://b.example.org:8443/", "https://c.example.org:8443/")]
    [InlineData("http+https://orders", "http://10.0.0.1:8080/", "http://10.0.0.2:8080/")]
    [InlineData("https+http://mail", "http://10.0.0.9:25/")]
    [InlineData("_http.orders", "http://10.0.0.1:8080/", "http://10.0.0.2:8080/")]
    [InlineData("https+http://_http.orders", "http://10.0.0.1:8080/", "http://10.0.0.2:8080/")]
    public async Task Schemes_and_names_of_endpoints_say_which_ports(string asked, params string[] found)
    {
        _registry.Add("orders", "http://10.0.0.1:8080", "a");
        _registry.Add("orders", "http://10.0.0.2:8080", "b", detail: WithTls);
        _registry.Add("orders", "https://c.example.org:8443", "c");
        _registry.Add("mail", "http://10.0.0.9:25");
        Assert.Equal(found, await ResolveAsync(asked));
    }

    [Theory]
    [InlineData("https://orders")]
    [InlineData("http://_admin.orders")]
    [InlineData("https://_http.orders")]
    [InlineData("grpc://orders")]
    public async Task Ports_that_no_instance_has_are_never_replaced_by_others(string asked)
    {
        _registry.Add("orders", "http://10.0.0.1:8080");
        Assert.DoesNotContain(await ResolveAsync(asked), endpoint => endpoint.Contains("10.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Schemes_that_the_application_does_not_allow_are_left_out()
    {
        _services.Configure<ServiceDiscoveryOptions>(options => (options.AllowAllSchemes, options.AllowedSchemes) = (false, ["https"]));
        _registry.Add("orders", "http://10.0.0.1:8080", detail: WithTls);
        Assert.Equal(["https://b.example.org:8443/"], await ResolveAsync("https+http://orders"));
        Assert.Equal(["https://b.example.org:8443/"], await ResolveAsync("orders"));
        Assert.DoesNotContain("http://10.0.0.1:8080/", await ResolveAsync("http://orders"));
    }

    [Fact]
    public async Task A_change_fires_the_token_and_is_found()
    {
        _registry.Add("orders", "http://10.0.0.1:8080", "a");
        ServiceEndpointSource first = await SourceAsync("http://orders");
        Assert.True(first.ChangeToken.ActiveChangeCallbacks);
        Assert.False(first.ChangeToken.HasChanged);

        _registry.Add("orders", "http://10.0.0.2:8080", "b");
        await FiredAsync(first);
        ServiceEndpointSource second = await SourceAsync("http://orders");
        Assert.Equal(["http://10.0.0.1:8080/", "http://10.0.0.2:8080/"], TextOf(second));

        _registry.Remove("orders", "a");
        await FiredAsync(second);
        Assert.Equal(["http://10.0.0.2:8080/"], await ResolveAsync("http://orders"));
    }

    [Fact]
    public async Task Who_is_out_of_service_is_left_out()
    {
        _registry.Add("orders", "http://10.0.0.1:8080", "a");
        _registry.Add("orders", "http://10.0.0.2:8080", "b");
        _registry.SetStatus("orders", "a", InstanceStatus.OutOfService);
        ServiceEndpointSource source = await SourceAsync("http://orders");
        Assert.Equal(["http://10.0.0.2:8080/"], TextOf(source));

        _registry.SetStatus("orders", "a", null);
        await FiredAsync(source);
        Assert.Equal(2, (await ResolveAsync("http://orders")).Length);
    }

    [Fact]
    public async Task A_name_that_the_registry_does_not_know_is_left_to_others_until_it_does()
    {
        _settings["Services:billing:http:0"] = "http://10.1.1.1:80";
        ServiceEndpointSource unknown = await SourceAsync("http://orders");
        Assert.Equal(["Unspecified/orders:80"], TextOf(unknown)); // the library's own: a name of DNS
        Assert.Equal(["http://10.1.1.1/"], await ResolveAsync("http://billing"));

        _registry.Add("orders", "http://10.0.0.1:8080", "a");
        await FiredAsync(unknown);
        Assert.Equal(["http://10.0.0.1:8080/"], await ResolveAsync("http://orders"));
    }

    [Fact]
    public async Task A_provider_before_it_has_the_say_and_its_token_alone()
    {
        _settings["Services:orders:http:0"] = "http://10.1.1.1:80";
        _registry.Add("orders", "http://10.0.0.1:8080", "a");
        ServiceEndpointSource configured = await SourceAsync("http://orders");
        Assert.Equal(["http://10.1.1.1/"], TextOf(configured));

        var tokens = new Tokens();
        await using IServiceEndpointProvider later = await ProviderAsync("http://orders", tokens); // told after the one above
        _registry.Add("orders", "http://10.0.0.2:8080", "b");
        await FiredAsync(Assert.Single(tokens.All), "the one that is told later");
        Assert.False(configured.ChangeToken.HasChanged);
    }

    [Fact]
    public async Task A_disposed_provider_listens_no_more()
    {
        var tokens = new Tokens();
        await using (await ProviderAsync("http://orders", tokens)) { }

        await using IServiceEndpointProvider later = await ProviderAsync("http://orders", tokens); // would be told after the one above
        _registry.Add("orders", "http://10.0.0.1:8080", "a");
        await FiredAsync(tokens.All[1], "the one that listens");
        Assert.False(tokens.All[0].HasChanged);
    }

    [Fact]
    public async Task Registries_are_asked_in_their_order_each_by_its_key()
    {
        await using var other = new InMemoryRegistry();
        other.Add("mail", "http://10.2.2.2:25");
        other.Add("orders", "http://10.2.2.2:8080");
        RollcallClient client = other.CreateClient();
        await client.StartAsync();
        await other.SettleAsync();
        _services.AddKeyedSingleton("other", client).AddRollcallServiceEndpointProvider("other", _ => true);
        _registry.Add("orders", "http://10.0.0.1:8080", "a");
        ServiceEndpoint own = Assert.Single((await SourceAsync("http://orders")).Endpoints);
        ServiceEndpoint others = Assert.Single((await SourceAsync("http://mail")).Endpoints);
        Assert.Equal(("http://10.0.0.1:8080/", null), (own.ToString(), own.Features.Get<IHostNameFeature>()?.HostName));
        Assert.Equal(("http://10.2.2.2:25/", "mail"), (others.ToString(), others.Features.Get<IHostNameFeature>()?.HostName));
    }

    [Fact]
    public async Task An_HttpClient_reaches_a_backend_by_the_name_of_its_service()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication backend = builder.Build();
        backend.MapGet("/{**path}", (HttpRequest request) => request.Path + request.QueryString);
        await backend.StartAsync();
        _registry.Add("orders", backend.Urls.Single());
        _services.AddHttpClient("by name").AddServiceDiscovery();
        await _registry.SettleAsync();
        using HttpClient http = Container.GetRequiredService<IHttpClientFactory>().CreateClient("by name");
        Assert.Equal("/invoices/7?all=1", await http.GetStringAsync(new Uri("https+http://orders/invoices/7?all=1")));
        await backend.StopAsync();
    }

    private static Registration WithTls(Registration plain) =>
        plain with
        {
            HostName = "b.example.org",
            SecurePort = 8443,
            SecurePortEnabled = true,
        };

    private ServiceProvider Container => _container ??= _services.BuildServiceProvider();

    private async Task<ServiceEndpointSource> SourceAsync(string asked)
    {
        await _registry.SettleAsync();
        return await Container.GetRequiredService<ServiceEndpointResolver>().GetEndpointsAsync(asked, CancellationToken.None);
    }

    private async Task<string[]> ResolveAsync(string asked) => TextOf(await SourceAsync(asked));

    private static string[] TextOf(ServiceEndpointSource source) => [.. source.Endpoints.Select(endpoint => endpoint.EndPoint.ToString()!)];

    private async Task<IServiceEndpointProvider> ProviderAsync(string asked, IServiceEndpointBuilder answer)
    {
        await _registry.SettleAsync();
        Assert.True(ServiceEndpointQuery.TryParse(asked, out ServiceEndpointQuery? query));
        IServiceEndpointProviderFactory factory = Container.GetServices<IServiceEndpointProviderFactory>().Last();
        Assert.True(factory.TryCreateProvider(query, out IServiceEndpointProvider? provider));
        await provider.PopulateAsync(answer, CancellationToken.None);
        return provider;
    }

    private static Task FiredAsync(ServiceEndpointSource source) => FiredAsync(source.ChangeToken, string.Join(", ", TextOf(source)));

    private static Task FiredAsync(IChangeToken token, string of) =>
        Wait.UntilAsync(() => token.HasChanged, $"the change token of {of} has fired");

    private sealed class Tokens : IServiceEndpointBuilder
    {
        public List<IChangeToken> All { get; } = [];

        public IList<ServiceEndpoint> Endpoints { get; } = [];

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public void AddChangeToken(IChangeToken changeToken) => All.Add(changeToken);
    }
}
