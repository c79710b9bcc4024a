using System.Net.Http.Headers;
using System.Text;
using Rollcall.Bench.Fleet;

namespace Rollcall.Load.Connections;

/// <summary>Instances as Eureka's clients register and renew them over HTTP.</summary>
internal static class EurekaFleet
{
    /// <summary>Registers the first so many.</summary>
    public static async Task RegisterAsync(Uri server, SpringFleet fleet, int instances)
    {
        using var client = new HttpClient { BaseAddress = server };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, instances),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, cancellation) =>
            {
                string app = fleet.Service(i).ToUpperInvariant();
                string body = $$$"""
                    {"instance":{"instanceId":"{{{fleet.Id(i)}}}","hostName":"h{{{i}}}","app":"{{{app}}}","ipAddr":"10.0.0.1","status":"UP",
                    "port":{"$":8080,"@enabled":"true"},"dataCenterInfo":{"name":"MyOwn"} } }
                    """;
                using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
                using HttpResponseMessage answer = await client.PostAsync($"eureka/apps/{app}", content, cancellation);
                answer.EnsureSuccessStatusCode();
            }
        );
    }

    /// <summary>Where instance <paramref name="i"/> is.</summary>
    public static string PathOf(SpringFleet fleet, int i) => $"/eureka/apps/{fleet.Service(i).ToUpperInvariant()}/{fleet.Id(i)}";

    /// <summary>Its heartbeat, as it is sent.</summary>
    public static byte[] Heartbeat(SpringFleet fleet, int i) =>
        Encoding.ASCII.GetBytes($"PUT {PathOf(fleet, i)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");
}
