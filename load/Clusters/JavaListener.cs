using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rollcall.Load.Clusters;

/// <summary>Takes what Eureka's servers tell each other, says yes to all of it, and counts: the control arm of replication.</summary>
/// <remarks>Source: <c>PeerReplicationResource</c> and <c>ReplicationTask</c> of Netflix's server: one JSON item for each heartbeat of each instance.</remarks>
internal sealed class JavaListener : IAsyncDisposable
{
    private static readonly byte[] s_empty = Encoding.UTF8.GetBytes("""{"applications":{"versions__delta":"1","apps__hashcode":"","application":[]}}""");

    private readonly WebApplication _application;
    private readonly Lock _gate = new();
    private long _heartbeats; // guarded by _gate, as the next
    private long _bytes;

    private JavaListener(WebApplication application) => _application = application;

    /// <summary>What a node is told as its peer.</summary>
    public string Address => $"eureka+{_application.Urls.Single()}/eureka";

    /// <summary>Heartbeats in batches that held nothing else, and the bytes of those batches' bodies.</summary>
    public (long Heartbeats, long Bytes) Told
    {
        get
        {
            lock (_gate)
            {
                return (_heartbeats, _bytes);
            }
        }
    }

    public static async Task<JavaListener> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var listener = new JavaListener(builder.Build());
        listener._application.Run(listener.AnswerAsync);
        await listener._application.StartAsync();
        return listener;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(s_empty);
            return;
        }

        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        string[] actions;
        using (JsonDocument batch = JsonDocument.Parse(body.ToArray()))
        {
            actions = [.. batch.RootElement.GetProperty("replicationList").EnumerateArray().Select(item => item.GetProperty("action").GetString()!)];
        }

        if (actions.All(action => action == "Heartbeat"))
        {
            lock (_gate)
            {
                _heartbeats += actions.Length;
                _bytes += body.Length;
            }
        }

        string answers = string.Join(',', actions.Select(_ => """{"statusCode":200}"""));
        await context.Response.WriteAsync($$"""{"responseList":[{{answers}}]}""");
    }
}
