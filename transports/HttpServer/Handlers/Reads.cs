using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Regions;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Http.Eureka;
using Rollcall.Transports.HttpServer.Documents;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Handlers;

/// <summary>Eureka's reads: documents out of the encoded cache, single instances live.</summary>
internal sealed class Reads(RegistryService registry, DocumentSources sources)
{
    private readonly RegionalReads _regional = new(registry, sources);

    private static readonly StringValues s_deltaIncomplete =
        "The delta cannot be complete: changes of the retention time are not all kept. Read apps in full.";

    public Task Full(Exchange exchange, in Route route)
    {
        if (_regional.Takes(exchange, route.Query, out ImmutableArray<RemoteRegion> regions))
        {
            return _regional.Full(exchange, regions);
        }

        RegistrySnapshot snapshot = registry.ReadSnapshot();
        var variant = Variant.Of(exchange.RequestHeaders);
        return TryBegin(exchange, snapshot.Version, variant)
            ? SendAsync(exchange, variant, sources[variant].Full(snapshot, variant.Coding))
            : Task.CompletedTask;
    }

    public Task Delta(Exchange exchange, in Route route)
    {
        if (_regional.Takes(exchange, route.Query, out ImmutableArray<RemoteRegion> regions))
        {
            return RegionalReads.Delta(exchange, regions);
        }

        RegistrySnapshot snapshot = registry.ReadSnapshot();
        var variant = Variant.Of(exchange.RequestHeaders);
        if (sources[variant].Delta(snapshot, registry.Now, variant.Coding) is not { } document)
        {
            exchange.Headers.Vary = Names.VaryDocument;
            exchange.AnswerEmpty(StatusCodes.Status403Forbidden, s_deltaIncomplete);
            return Task.CompletedTask;
        }

        return TryBegin(exchange, snapshot.Version, variant) ? SendAsync(exchange, variant, document) : Task.CompletedTask;
    }

    public Task Service(Exchange exchange, in Route route)
    {
        RegistrySnapshot snapshot = registry.ReadSnapshot();
        var variant = Variant.Of(exchange.RequestHeaders);
        string name = Encoding.UTF8.GetString(route.Name);
        if (snapshot.Service(name) is not { } entry)
        {
            if (_regional.Service(exchange, name) is { } elsewhere)
            {
                return elsewhere;
            }

            exchange.Headers.Vary = Names.VaryDocument;
            exchange.NotFound($"No instance of service {ServiceName.Canonical(name)}.");
            return Task.CompletedTask;
        }

        return TryBegin(exchange, entry.Version, variant)
            ? SendAsync(exchange, variant, sources[variant].Service(snapshot, name, variant.Coding)!)
            : Task.CompletedTask;
    }

    public Task Vip(Exchange exchange, in Route route, bool secure)
    {
        var variant = Variant.Of(exchange.RequestHeaders);
        string vip = Encoding.UTF8.GetString(route.Name);
        RegistrySnapshot snapshot = registry.ReadSnapshot();
        if (!snapshot.HasVip(vip, secure) && _regional.Vip(exchange, vip, secure) is { } elsewhere)
        {
            return elsewhere;
        }

        EncodedDocument document = sources[variant].Vip(snapshot, vip, secure, variant.Coding);

        // The document knows when one of its instances changed last; the registry's version moves with every other one too.
        return TryBegin(exchange, document.Version, variant) ? SendAsync(exchange, variant, document) : Task.CompletedTask;
    }

    public void Instance(Exchange exchange, in Route route)
    {
        var key = new InstanceKey(route.Name, route.Id);
        SendFound(exchange, registry.Find(key) ?? _regional.Find(exchange, key));
    }

    public void InstanceById(Exchange exchange, in Route route) => SendFound(exchange, registry.FindById(route.Name));

    /// <summary>One instance as a document of its own, with the status given: also the body of a conflict.</summary>
    public void SendInstance(Exchange exchange, Instance instance, int status)
    {
        bool json = Variant.WantsJson(exchange.RequestHeaders);
        var view = new InstanceView(instance, instance.LastChange, registry.LastRenewalMs(instance), RemovedAtMs: 0);
        var body = new ArrayBufferWriter<byte>(2_048);
        if (json)
        {
            new EurekaJsonEncoder(compact: false).WriteSingleInstance(body, view);
        }
        else
        {
            new EurekaXmlEncoder(compact: false).WriteSingleInstance(body, view);
        }

        exchange.Answer(status);
        exchange.Headers.Vary = Names.VaryAccept;
        exchange.Headers.CacheControl = Names.NoStore;
        exchange.Send(json ? Names.Json : Names.Xml, body.WrittenMemory);
    }

    private void SendFound(Exchange exchange, Instance? instance)
    {
        if (instance is null)
        {
            exchange.Headers.Vary = Names.VaryAccept;
            exchange.NotFound("No such instance. GET /v1/explain/{service}/{id} says why.");
        }
        else
        {
            SendInstance(exchange, instance, StatusCodes.Status200OK);
        }
    }

    /// <summary>Tags the document; false if the caller has it already, which is then answered.</summary>
    private bool TryBegin(Exchange exchange, ulong version, Variant variant) =>
        DocumentAnswer.TryBegin(exchange, EntityTag.Of(registry.BootEpoch, version, variant), Names.VaryDocument);

    private static Task SendAsync(Exchange exchange, Variant variant, EncodedDocument document) =>
        DocumentAnswer.SendAsync(exchange, variant.Json ? Names.Json : Names.Xml, variant.Coding, document);
}
