using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Regions;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.HttpServer.Documents;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Handlers;

/// <summary>Eureka's reads over several regions, and what is read from another region because it is not here.</summary>
/// <remarks>
/// As in Eureka <c>regions=</c> merges the copies of the regions named into the full document, and names that are not known are ignored.
/// Its delta is refused: which changes of two registries a reader has seen cannot be told by one time. Clients then read in full.
/// </remarks>
internal sealed class RegionalReads(RegistryService registry, DocumentSources sources)
{
    private static readonly StringValues s_noDelta = "A delta over several regions cannot be complete. Read apps in full.";

    /// <summary>True if a read is answered here: it names regions that this node has copies of, or names them unreadably.</summary>
    public bool Takes(Exchange exchange, ReadOnlySpan<char> query, out ImmutableArray<RemoteRegion> regions)
    {
        regions = [];
        if (registry.Regions.All.IsEmpty)
        {
            return false;
        }

        string? problem = null;
        if (Query.GetAll(query, "regions", ref problem) is not { } names)
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, $"The query cannot be decoded: {problem}.");
            return true;
        }

        regions = registry.Regions.Named(string.Join(',', names));
        return !regions.IsEmpty;
    }

    /// <summary>The registry and regions in one document.</summary>
    public Task Full(Exchange exchange, ImmutableArray<RemoteRegion> regions)
    {
        if (regions.IsEmpty)
        {
            return Task.CompletedTask; // refused
        }

        if (regions.FirstOrDefault(region => !region.Read().IsKnown) is { } unheard)
        {
            Forbid(exchange, $"Region {unheard.Name} has not been heard yet. GET /v1/regions says why.");
            return Task.CompletedTask;
        }

        var variant = Variant.Of(exchange.RequestHeaders);
        RegistryContent content = registry.Regions.Union(registry.ReadSnapshot(), regions);
        string scope = string.Join(',', regions.Select(region => region.Name));
        return DocumentAnswer.TryBegin(exchange, EntityTag.Of(registry.BootEpoch, content.Version, variant, scope), Names.VaryDocument)
            ? SendAsync(exchange, variant, sources[variant].Whole(content, variant.Coding))
            : Task.CompletedTask;
    }

    /// <summary>Refuses a delta over regions.</summary>
    public static Task Delta(Exchange exchange, ImmutableArray<RemoteRegion> regions)
    {
        if (!regions.IsEmpty)
        {
            Forbid(exchange, s_noDelta);
        }

        return Task.CompletedTask;
    }

    /// <summary>A service that is not here, from the first region that has it and may stand in; null: none.</summary>
    public Task? Service(Exchange exchange, string name)
    {
        if (StandIn(copy => copy.Service(name) is not null) is not var (region, copy))
        {
            return null;
        }

        var variant = Variant.Of(exchange.RequestHeaders);
        return Begin(exchange, region, copy.Service(name)!.Version, variant)
            ? SendAsync(exchange, variant, sources[variant].Service(copy, name, variant.Coding)!)
            : Task.CompletedTask;
    }

    /// <summary>Instances with a virtual address that nobody has here, from the first region that has some; null: none.</summary>
    public Task? Vip(Exchange exchange, string vip, bool secure)
    {
        if (StandIn(copy => copy.HasVip(vip, secure)) is not var (region, copy))
        {
            return null;
        }

        var variant = Variant.Of(exchange.RequestHeaders);
        EncodedDocument document = sources[variant].Vip(copy, vip, secure, variant.Coding);
        return Begin(exchange, region, document.Version, variant) ? SendAsync(exchange, variant, document) : Task.CompletedTask;
    }

    /// <summary>An instance that is not here; null: it is in no region that may stand in.</summary>
    public Instance? Find(Exchange exchange, InstanceKey key)
    {
        foreach (RemoteRegion region in registry.Regions.All)
        {
            // Only of a service that has nobody here: else the instance is gone, wherever else it may be.
            string service = Encoding.UTF8.GetString(key.Service);
            if (region.IsFallback && registry.ReadSnapshot().Service(service) is null && region.ReadSnapshot().Find(key) is { } found)
            {
                exchange.Headers[Names.Region] = region.Name;
                return found;
            }
        }

        return null;
    }

    private (RemoteRegion Region, RegistrySnapshot Copy)? StandIn(Predicate<RegistrySnapshot> has)
    {
        foreach (RemoteRegion region in registry.Regions.All)
        {
            if (region.IsFallback && region.ReadSnapshot() is var copy && has(copy))
            {
                return (region, copy);
            }
        }

        return null;
    }

    private bool Begin(Exchange exchange, RemoteRegion region, ulong version, Variant variant)
    {
        exchange.Headers[Names.Region] = region.Name;
        string scope = string.Create(CultureInfo.InvariantCulture, $"{region.Name}.{region.Read().Version.Epoch:x}");
        return DocumentAnswer.TryBegin(exchange, EntityTag.Of(registry.BootEpoch, version, variant, scope), Names.VaryDocument);
    }

    private static void Forbid(Exchange exchange, StringValues reason)
    {
        exchange.Headers.Vary = Names.VaryDocument;
        exchange.AnswerEmpty(StatusCodes.Status403Forbidden, reason);
    }

    private static Task SendAsync(Exchange exchange, Variant variant, EncodedDocument document) =>
        DocumentAnswer.SendAsync(exchange, variant.Json ? Names.Json : Names.Xml, variant.Coding, document);
}
