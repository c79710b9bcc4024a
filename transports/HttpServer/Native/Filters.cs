using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>What a query selects, and since when.</summary>
internal static class Filters
{
    /// <summary>Most names of one filter: beyond that everything is cheaper.</summary>
    private const int NamesMax = 1_000;

    /// <summary>Reads <c>service=</c>, <c>vip=</c> or <c>svip=</c>, one of them as often as wanted; none is everything. False: it is answered.</summary>
    public static bool TryRead(Exchange exchange, ReadOnlySpan<char> query, [NotNullWhen(true)] out InstanceFilter? filter)
    {
        string? problem = null;
        string[]? services = Query.GetAll(query, "service", ref problem);
        string[]? vips = Query.GetAll(query, "vip", ref problem);
        string[]? secureVips = Query.GetAll(query, "svip", ref problem);
        filter = null;
        if (services is null || vips is null || secureVips is null)
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, $"The query cannot be decoded: {problem}.");
        }
        else if (Math.Max(services.Length, Math.Max(vips.Length, secureVips.Length)) is var most && most != services.Length + vips.Length + secureVips.Length)
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, "Select by service, by vip or by svip: not by two of them.");
        }
        else if (most > NamesMax)
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, $"A filter has at most {NamesMax} names, and this has {most}. Take everything.");
        }
        else
        {
            filter =
                most == 0 ? InstanceFilter.All
                : services.Length > 0 ? InstanceFilter.Services(services)
                : InstanceFilter.Vips(secure: secureVips.Length > 0, secureVips.Length > 0 ? secureVips : vips);
        }

        return filter is not null;
    }

    /// <summary>Reads <c>since=</c>; null if it is not there. False: it is answered.</summary>
    public static bool TryReadSince(Exchange exchange, ReadOnlySpan<char> query, out RegistryVersion? since)
    {
        since = null;
        if (!Query.TryGet(query, "since", out ReadOnlySpan<char> text))
        {
            return true;
        }

        if (!RegistryVersion.TryParse(text, out RegistryVersion version))
        {
            exchange.Refuse(
                StatusCodes.Status400BadRequest,
                "since must be a version as an answer or an event told it: the epoch in hexadecimal, a dash, a number."
            );
            return false;
        }

        since = version;
        return true;
    }
}
