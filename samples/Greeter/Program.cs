// A service as many run behind a gateway: it registers what it has bound, says who it is, and leaves without a caller noticing.
//   dotnet run --project samples/Greeter -- --registry tcp://127.0.0.1:8762 [--id NAME] [--zone NAME] [--urls http://127.0.0.1:0]
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Rollcall.Client.AspNetCore;
using Rollcall.Dialing;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
ConfigurationManager said = builder.Configuration;
builder.WebHost.UseUrls(said["urls"] ?? "http://127.0.0.1:0");
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
string registry = said["registry"] ?? "tcp://127.0.0.1:8762";
string id = said["id"] ?? $"greeter-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
builder
    .Services.AddRollcallClient(options => options with { Zone = said["zone"] })
    .AddServer(new LinkDialer().Server(registry))
    .Register(new() { Service = "greeter", Id = id });

await using WebApplication app = builder.Build();
app.MapGet("/hello", GreetAsync);
app.MapPost("/hello", GreetAsync);
await app.RunAsync();

// "work" is how long an answer takes, in milliseconds.
async Task<string> GreetAsync(int work = 0)
{
    await Task.Delay(work);
    return id;
}
