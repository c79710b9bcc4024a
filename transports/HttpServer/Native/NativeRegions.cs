using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rollcall.Core;
using Rollcall.Core.Regions;
using Rollcall.Core.Watching;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>The copies of other regions: what they are of, how fresh, and why not fresher.</summary>
internal sealed class NativeRegions(RegistryService registry)
{
    public void Answer(Exchange exchange) =>
        NativeJson.Send(
            exchange,
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteString("region", registry.Options.Region);
                json.WriteString("zone", registry.Options.Zone);
                json.WriteStartArray("remote");
                foreach (RemoteRegion region in registry.Regions.All)
                {
                    Write(json, region);
                }

                json.WriteEndArray();
            }
        );

    private static void Write(Utf8JsonWriter json, RemoteRegion region)
    {
        RegionCopy copy = region.Read();
        json.WriteStartObject();
        json.WriteString("region", region.Name);
        json.WriteBoolean("known", copy.IsKnown);
        if (copy.Age is { } age)
        {
            json.WriteString("version", copy.Version.ToString());
            json.WriteNumber("instances", copy.Instances.Count);
            json.WriteNumber("ageMs", (long)age.TotalMilliseconds);
        }

        if (copy.Server is { } server)
        {
            json.WriteString("following", server);
        }
        else if (copy.Problem is { } problem)
        {
            json.WriteString("problem", problem);
        }

        json.WriteBoolean("fallback", region.IsFallback);
        if (region.Allowed.Kind != FilterKind.All)
        {
            json.WriteStartArray("services");
            foreach (string service in region.Allowed.Names)
            {
                json.WriteStringValue(service);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
