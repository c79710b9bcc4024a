using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rollcall.Client;
using Rollcall.Client.AspNetCore;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Http;
using Rollcall.Transports.Tcp;

namespace Rollcall.Interop.Tests.Links;

/// <summary>The README's applications, with a real Kestrel and a real server: registered, calling themselves by name, and gone.</summary>
public sealed class ApplicationTests
{
    [Fact]
    public async Task The_application_of_the_README_registers_calls_by_name_and_leaves()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        WebApplicationBuilder builder = Builder();
        string settings = File.ReadAllText(Repository.PathOf("README.md")).Split("## For .NET applications")[1].Split("```json\n")[1].Split("```")[0];
        Assert.Contains("tcp://127.0.0.1:8762", settings, StringComparison.Ordinal);
        string here = settings.Replace("tcp://127.0.0.1:8762", server.AddressOf("tcp").GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(here)));

        // readme:begin
        builder
            .Services.AddRollcallClient(builder.Configuration.GetSection("Rollcall:Client"))
            .AddLink("tcp", TcpLink.OpenAsync)
            .AddHealthCheck();
        builder.Services.AddHttpClient("by name").AddRollcallDiscovery(); // http://billing/invoices goes to an instance of billing
        // readme:end

        await LiveAsync(builder, server);
    }

    /// <summary>With links of Rollcall's own and Eureka's protocol the first is taken; with Eureka's alone, as against Java's server, that one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_application_with_the_configuration_of_Steeltoe_or_Spring_goes_on_with_it(bool hasNativeLinks)
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        WebApplicationBuilder builder = Builder();
        builder.Configuration["eureka:client:serviceUrl"] = server.BaseUrl + "eureka/";
        builder.Configuration["eureka:instance:appName"] = "orders";
        RollcallClientBuilder client = builder.Services.AddRollcallClient().AddLink("eureka+http", EurekaLink.OpenAsync).ImportEureka(builder.Configuration);
        if (hasNativeLinks)
        {
            client.AddLink("http", HttpLink.OpenAsync);
        }

        builder.Services.AddHttpClient("by name").AddRollcallDiscovery();
        await LiveAsync(builder, server, calls: hasNativeLinks); // Eureka's protocol polls: it would take half a minute to find itself
    }

    private static WebApplicationBuilder Builder()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }

    private static async Task LiveAsync(WebApplicationBuilder builder, ServerProcess server, bool calls = true)
    {
        await using WebApplication app = builder.Build();
        app.MapGet("/hello", () => "hello");
        await app.StartAsync();
        await using IRegistryLink link = await Dial.OpenAsync(server, "tcp");
        await Wait.UntilAsync(
            async () => (await link.ReadAsync(InstanceFilter.All)).Instances is [{ Status: InstanceStatus.Up, Service.Text: "ORDERS" }],
            () => "the application is up"
        );
        if (calls)
        {
            RollcallClient client = app.Services.GetRequiredService<RollcallClient>();
            await Wait.UntilAsync(() => Task.FromResult(client.Catalogue.Find("orders")?.UpCount == 1), () => "the application finds itself");
            using HttpClient http = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("by name");
            Assert.Equal("hello", await http.GetStringAsync(new Uri("http://orders/hello")));
        }

        await app.StopAsync();
        Assert.Empty((await link.ReadAsync(InstanceFilter.All)).Instances);
    }
}
