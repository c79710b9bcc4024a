using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rollcall.Load.Controls;

/// <summary>Kestrel with a terminal handler that does nothing: 200 and no body, whatever is asked.</summary>
internal static class KestrelControl
{
    public static async Task ServeAsync(Action<string> ready)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        await using WebApplication application = builder.Build();
        application.Run(static context =>
        {
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        });
        await application.StartAsync();
        ready(application.Urls.Single());
        await application.WaitForShutdownAsync();
    }
}
