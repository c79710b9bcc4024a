using System.Buffers;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.V1;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>Small answers of <c>/v1</c>: indented, for people with curl.</summary>
internal static class NativeJson
{
    /// <summary>An object; the type forbids a browser to guess.</summary>
    public static void Send(Exchange exchange, int status, Action<Utf8JsonWriter> writeMembers)
    {
        var body = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(body, V1Json.Readable))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        body.Write("\n"u8);
        exchange.Answer(status);
        exchange.Headers.CacheControl = Names.NoStore;
        exchange.Send(Names.Json, body.WrittenMemory);
    }

    /// <summary>A version of the registry, as the world outside of the node knows it.</summary>
    public static void WriteVersion(this Utf8JsonWriter json, RegistryService registry, ulong version) =>
        json.WriteString(V1Member.Version.Name(), new RegistryVersion(registry.BootEpoch, version).ToString());
}
