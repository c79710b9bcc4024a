using System.Text;
using Microsoft.AspNetCore.Http;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.Eureka;
using Rollcall.Transports.HttpServer.Bodies;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Handlers;

/// <summary>Eureka's writes, but for the heartbeat.</summary>
internal sealed class Writes(RegistryService registry, HttpServerOptions options)
{
    private const string BadStatus = "value must be UP, DOWN, STARTING, OUT_OF_SERVICE or UNKNOWN, in capitals.";
    private const string BadStamp = "lastDirtyTimestamp must be a whole number of 64 bits.";

    private readonly EurekaLimits _limits = new() { XmlCharactersMax = options.BodyBytesMax };

    public Task Register(Exchange exchange, in Route route) =>
        RegisterAsync(exchange, ServiceName.Canonical(Encoding.UTF8.GetString(route.Name)));

    public void Cancel(Exchange exchange, in Route route) =>
        ErrorMap.Answer(
            exchange,
            registry.Cancel(new InstanceKey(route.Name, route.Id), registry.Now, SourceOf(exchange, WriteSource.Owner))
        );

    public void SetStatus(Exchange exchange, in Route route)
    {
        if (
            !Query.TryGet(route.Query, "value", out ReadOnlySpan<char> value)
            || !EurekaStatus.TryParseExact(value, out InstanceStatus status)
        )
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, BadStatus);
        }
        else if (HasGoodStamp(exchange, route.Query))
        {
            WriteSource source = SourceOf(exchange, WriteSource.Operator);
            ErrorMap.Answer(exchange, registry.SetStatus(new InstanceKey(route.Name, route.Id), status, registry.Now, source));
        }
    }

    /// <summary>
    /// Clears the override. Eureka's <c>value</c>, a status to fall back to, must be good but changes nothing: the own status
    /// is on file and shows at once.
    /// </summary>
    public void ClearStatus(Exchange exchange, in Route route)
    {
        if (Query.TryGet(route.Query, "value", out ReadOnlySpan<char> value) && !EurekaStatus.TryParseExact(value, out _))
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, BadStatus);
        }
        else if (HasGoodStamp(exchange, route.Query))
        {
            WriteSource source = SourceOf(exchange, WriteSource.Operator);
            ErrorMap.Answer(exchange, registry.ClearStatus(new InstanceKey(route.Name, route.Id), registry.Now, source));
        }
    }

    public void SetMetadata(Exchange exchange, in Route route)
    {
        if (!Query.TryGetPairs(route.Query, out List<KeyValuePair<string, string>>? pairs, out string? problem))
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, $"Metadata in the query: {problem}.");
            return;
        }

        WriteSource source = SourceOf(exchange, WriteSource.Operator);
        ErrorMap.Answer(exchange, registry.SetMetadata(new InstanceKey(route.Name, route.Id), pairs, registry.Now, source));
    }

    /// <summary>Auto-scaling groups are Amazon's: outside of it a Java server refuses them as well.</summary>
    public static void SetAsgStatus(Exchange exchange) =>
        exchange.Refuse(
            StatusCodes.Status400BadRequest,
            "Auto-scaling groups are not supported: this registry is not tied to Amazon."
        );

    private static WriteSource SourceOf(Exchange exchange, WriteSource direct) =>
        exchange.IsReplication ? WriteSource.Peer : direct;

    private static bool HasGoodStamp(Exchange exchange, ReadOnlySpan<char> query)
    {
        bool good = Query.TryGetNumber(query, "lastDirtyTimestamp", out _);
        if (!good)
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, BadStamp);
        }

        return good;
    }

    private async Task RegisterAsync(Exchange exchange, string service)
    {
        BodyFormat? declared = BodyFormats.FromHeader(exchange.RequestHeaders.ContentType);
        if (declared == BodyFormat.Unsupported)
        {
            exchange.RefuseAndClose(StatusCodes.Status415UnsupportedMediaType, BodyFormats.Refusal);
            return;
        }

        using RequestBody? body = await RequestBody.ReadAsync(exchange, options.BodyBytesMax, options.BodyTimeout);
        if (body is not null)
        {
            Register(exchange, service, declared ?? BodyFormats.FromBody(body.Bytes.Span), body.Bytes);
        }
    }

    private void Register(Exchange exchange, string service, BodyFormat format, ReadOnlyMemory<byte> body)
    {
        if (format == BodyFormat.Unsupported)
        {
            exchange.Refuse(StatusCodes.Status415UnsupportedMediaType, BodyFormats.Refusal);
            return;
        }

        bool readable =
            format == BodyFormat.Json
                ? EurekaJsonReader.TryReadRegistration(body.Span, _limits, out Registration? registration, out string? problem)
                : EurekaXmlReader.TryReadRegistration(body, _limits, out registration, out problem);
        if (!readable)
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, problem!);
        }
        else if (ServiceName.Canonical(registration!.Service) is var named && named != service)
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, $"Mismatched appName, expecting {service} but was {named}");
        }
        else
        {
            Register(exchange, registration);
        }
    }

    private void Register(Exchange exchange, Registration registration)
    {
        RegisterResult result = registry.Register(registration, registry.Now, SourceOf(exchange, WriteSource.Owner));
        if (result.Error is { } error)
        {
            ErrorMap.Answer(exchange, error);
        }
        else
        {
            exchange.Answer(StatusCodes.Status204NoContent);
        }
    }
}
