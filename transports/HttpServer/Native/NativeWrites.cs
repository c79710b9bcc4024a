using System.Text;
using Microsoft.AspNetCore.Http;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.V1;
using Rollcall.Transports.HttpServer.Access;
using Rollcall.Transports.HttpServer.Bodies;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>Writes below <c>/v1</c>, but for renewals. Each answers the version that it made.</summary>
internal sealed class NativeWrites(RegistryService registry, HttpServerOptions options)
{
    private const string NotJson = "Content-Type is not supported: send application/json, or none.";
    private const string BadStatus = "value must be UP, DOWN, STARTING, OUT_OF_SERVICE or UNKNOWN, in capitals.";

    public async Task Register(Exchange exchange)
    {
        using RequestBody? body = await ReadJsonAsync(exchange, options.BodyBytesMax, options.BodyTimeout);
        if (body is null)
        {
            return;
        }

        if (!V1RequestReader.TryReadRegistration(body.Bytes.Span, out Registration? registration, out string? problem))
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, problem);
            return;
        }

        if (exchange.Caller.Refuse(RegistryOperation.Register, registration.Service) is { } refusal)
        {
            Gate.Refuse(exchange, refusal);
            return;
        }

        RegisterResult result = registry.Register(registration, registry.Now);
        if (result.Error is { } error)
        {
            ErrorMap.Answer(exchange, error);
            return;
        }

        NativeJson.Send(
            exchange,
            result.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK,
            json =>
            {
                json.WriteString(V1Member.Handle.Name(), result.Handle.ToString());
                json.WriteVersion(registry, result.Version);
                json.WriteBoolean(V1Member.Created.Name(), result.Created);
            }
        );
    }

    public void Cancel(Exchange exchange, in Route route) =>
        Answer(exchange, registry.Cancel(new InstanceKey(route.Name, route.Id), registry.Now));

    public void SetStatus(Exchange exchange, in Route route)
    {
        if (
            !Query.TryGet(route.Query, "value", out ReadOnlySpan<char> value)
            || !V1Words.TryParseStatus(value, out InstanceStatus status)
        )
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, BadStatus, V1Error.InvalidValue);
        }
        else
        {
            Answer(exchange, registry.SetStatus(new InstanceKey(route.Name, route.Id), status, registry.Now));
        }
    }

    public void ClearStatus(Exchange exchange, in Route route) =>
        Answer(exchange, registry.ClearStatus(new InstanceKey(route.Name, route.Id), registry.Now));

    public Task SetMetadata(Exchange exchange, in Route route) =>
        SetMetadataAsync(exchange, Encoding.UTF8.GetString(route.Name), Encoding.UTF8.GetString(route.Id));

    /// <summary>The body, if it is one of JSON; else null, and it is answered. curl's own type of <c>-d</c> says nothing about JSON, so it is taken.</summary>
    public static ValueTask<RequestBody?> ReadJsonAsync(Exchange exchange, int bytesMax, TimeSpan timeout)
    {
        if (BodyFormats.FromHeader(exchange.RequestHeaders.ContentType) is null or BodyFormat.Json || IsFormOfCurl(exchange))
        {
            return RequestBody.ReadAsync(exchange, bytesMax, timeout);
        }

        exchange.RefuseAndClose(StatusCodes.Status415UnsupportedMediaType, NotJson);
        return default;
    }

    private static bool IsFormOfCurl(Exchange exchange) =>
        string.Equals(exchange.RequestHeaders.ContentType, "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    private async Task SetMetadataAsync(Exchange exchange, string service, string id)
    {
        using RequestBody? body = await ReadJsonAsync(exchange, options.BodyBytesMax, options.BodyTimeout);
        if (body is null)
        {
            return;
        }

        if (!V1RequestReader.TryReadPairs(body.Bytes.Span, out KeyValuePair<string, string>[]? pairs, out string? problem))
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, problem);
            return;
        }

        Answer(exchange, registry.SetMetadata(InstanceKey.Of(service, id), pairs, registry.Now));
    }

    private void Answer(Exchange exchange, WriteResult result)
    {
        if (result.Error is { } error)
        {
            ErrorMap.Answer(exchange, error);
        }
        else
        {
            NativeJson.Send(exchange, StatusCodes.Status200OK, json => json.WriteVersion(registry, result.Version));
        }
    }
}
