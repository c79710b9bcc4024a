using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.V1;
using Rollcall.Transports.HttpServer.Documents;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>Reads below <c>/v1</c>. The header <c>X-Rollcall-Version</c> says which version of the registry a document is a view of.</summary>
internal sealed class NativeReads(RegistryService registry, NativeDocuments documents)
{
    /// <summary>What <c>GET /v1</c> shows a person who has nothing but curl.</summary>
    private static readonly string[] s_endpoints =
    [
        "GET    /v1/instances?service=&vip=&svip=",
        "POST   /v1/instances",
        "GET    /v1/instances/{service}/{id}",
        "DELETE /v1/instances/{service}/{id}",
        "PUT    /v1/instances/{service}/{id}/lease?clientStamp=",
        "PUT    /v1/instances/{service}/{id}/status?value=",
        "DELETE /v1/instances/{service}/{id}/status",
        "PUT    /v1/instances/{service}/{id}/metadata",
        "PUT    /v1/leases/{handle}",
        "PUT    /v1/leases",
        "GET    /v1/services",
        "GET    /v1/services/{service}/acknowledged",
        "GET    /v1/changes?since=&service=&vip=&svip=",
        "GET    /v1/watch?since=&wait=&service=&vip=&svip=",
        "POST   /v1/acknowledge",
        "GET    /v1/explain/{service}/{id}",
        "GET    /v1/guard",
        "POST   /v1/guard/confirm-loss",
        "GET    /v1/regions",
        "GET    /v1/history",
        "GET    /v1/peers",
    ];

    public void Index(Exchange exchange)
    {
        RegistrySnapshot snapshot = registry.ReadSnapshot();
        NativeJson.Send(
            exchange,
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteString(V1Member.Registry.Name(), V1Words.Registry);
                json.WriteString("node", registry.NodeId.ToString("x8", CultureInfo.InvariantCulture));
                json.WriteVersion(registry, snapshot.Version);
                json.WriteNumber(V1Member.Instances.Name(), snapshot.Count);
                json.WriteNumber(V1Member.Services.Name(), snapshot.ServiceCount);
                json.WriteNumber(V1Member.Subscribers.Name(), registry.Subscribers.Read().Count);
                json.WriteStartArray("endpoints");
                foreach (string endpoint in s_endpoints)
                {
                    json.WriteStringValue(endpoint);
                }

                json.WriteEndArray();
            }
        );
    }

    public Task Instances(Exchange exchange, in Route route)
    {
        if (!Filters.TryRead(exchange, route.Query, out InstanceFilter? filter))
        {
            return Task.CompletedTask;
        }

        RegistrySnapshot snapshot = registry.ReadSnapshot();
        SetVersion(exchange, snapshot.Version);
        DocumentCoding coding = Variant.CodingOf(exchange.RequestHeaders);
        if (documents.Find(snapshot, filter, coding) is not { } document)
        {
            return EncodeAsync(exchange, documents, snapshot, filter);
        }

        return DocumentAnswer.TryBegin(exchange, EntityTag.OfNative(registry.BootEpoch, document.Version, coding), Names.VaryCoding)
            ? DocumentAnswer.SendAsync(exchange, Names.Json, coding, document)
            : Task.CompletedTask;
    }

    /// <summary>All that a filter selects, as the answer to a watch: never from a cache of the caller's.</summary>
    public static Task SendSnapshotAsync(Exchange exchange, NativeDocuments documents, RegistrySnapshot snapshot, InstanceFilter filter)
    {
        DocumentCoding coding = Variant.CodingOf(exchange.RequestHeaders);
        exchange.Headers.Vary = Names.VaryCoding;
        exchange.Headers.CacheControl = Names.NoStore;
        return documents.Find(snapshot, filter, coding) is { } document
            ? DocumentAnswer.SendAsync(exchange, Names.Json, coding, document)
            : EncodeAsync(exchange, documents, snapshot, filter);
    }

    /// <summary>An answer that is at hand in pieces.</summary>
    public static async Task SendPiecesAsync(Exchange exchange, List<ReadOnlyMemory<byte>> pieces)
    {
        Begin(exchange);
        exchange.Headers.ContentLength = pieces.Sum(piece => (long)piece.Length);
        await SendAsync(exchange, pieces);
    }

    public void Instance(Exchange exchange, in Route route)
    {
        var key = new InstanceKey(route.Name, route.Id);
        if (registry.Find(key) is not { } instance)
        {
            exchange.NotFound(
                $"{key.ToString()} is not there. GET /v1/explain/{{service}}/{{id}} says why.",
                V1Error.UnknownInstance
            );
            return;
        }

        var body = new ArrayBufferWriter<byte>(2_048);
        using (var json = new Utf8JsonWriter(body, V1Json.Readable))
        {
            V1Writer.WriteInstance(json, instance, named: true, registry.IsProvisional(instance));
        }

        body.Write("\n"u8);
        exchange.Answer(StatusCodes.Status200OK);
        exchange.Headers.CacheControl = Names.NoStore;
        exchange.Send(Names.Json, body.WrittenMemory);
    }

    public void Services(Exchange exchange)
    {
        RegistrySnapshot snapshot = registry.ReadSnapshot();
        NativeJson.Send(
            exchange,
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteVersion(registry, snapshot.Version);
                json.WriteStartArray(V1Member.Services.Name());
                foreach (ServiceEntry service in snapshot.Services())
                {
                    json.WriteStartObject();
                    json.WriteString(V1Member.Service.Name(), service.Name.Utf8);
                    json.WriteNumber(V1Member.Instances.Name(), service.Count);
                    json.WriteVersion(registry, service.Version);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        );
    }

    public void Acknowledged(Exchange exchange, in Route route)
    {
        AcknowledgedVersion acknowledged = registry.Subscribers.Acknowledged(Encoding.UTF8.GetString(route.Name));
        NativeJson.Send(
            exchange,
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteString(V1Member.Version.Name(), acknowledged.Version.ToString());
                json.WriteNumber(V1Member.Subscribers.Name(), acknowledged.Subscribers);
            }
        );
    }

    /// <summary>Every change after a version, each once; 410 if they are not kept any more.</summary>
    public Task Changes(Exchange exchange, in Route route)
    {
        if (
            !Filters.TryRead(exchange, route.Query, out InstanceFilter? filter)
            || !Filters.TryReadSince(exchange, route.Query, out RegistryVersion? since)
        )
        {
            return Task.CompletedTask;
        }

        if (since is null)
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, "since=VERSION must be there: a version as an answer or an event told it.");
            return Task.CompletedTask;
        }

        var changes = new List<ReadOnlyMemory<byte>>();
        ChangeRead read =
            since.Value.Epoch == registry.BootEpoch
                ? documents.Changes.Read(since.Value.Number, filter, int.MaxValue, changes)
                : new ChangeRead(TooFarBehind: true, 0, 0, 0);
        if (read.TooFarBehind)
        {
            SetVersion(exchange, registry.ReadSnapshot().Version);
            ErrorMap.Answer(exchange, registry.TooFarBehind(since.Value));
            return Task.CompletedTask;
        }

        SetVersion(exchange, read.Reached);
        return SendPiecesAsync(exchange, UpdateBytes.Of(new RegistryVersion(registry.BootEpoch, read.Reached), changes));
    }

    private void SetVersion(Exchange exchange, ulong version) =>
        exchange.Headers[Names.Version] = new RegistryVersion(registry.BootEpoch, version).ToString();

    private static Task EncodeAsync(Exchange exchange, NativeDocuments documents, RegistrySnapshot snapshot, InstanceFilter filter)
    {
        Begin(exchange);
        return SendAsync(exchange, documents.Encode(snapshot, filter, DocumentAnswer.FlushBytes));
    }

    private static async Task SendAsync(Exchange exchange, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        if (exchange.IsHead)
        {
            return;
        }

        PipeWriter output = await exchange.StartBodyAsync();
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            if ((await output.WriteAsync(piece, exchange.Aborted)).IsCompleted)
            {
                return;
            }
        }
    }

    private static void Begin(Exchange exchange)
    {
        exchange.Answer(StatusCodes.Status200OK);
        exchange.Headers.CacheControl = Names.NoStore;
        exchange.Headers.ContentType = Names.Json;
        exchange.Headers.XContentTypeOptions = Names.NoSniff;
    }
}
