using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.V1;
using Rollcall.Transports.HttpServer.Bodies;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>Renewals by handle, by key, and many at once.</summary>
/// <remarks>
/// Cost: one by handle or by key takes 0 bytes, found or not: empty answers, static header values. Only a stamp that is not the one on
/// record gets a body, and a body costs 150 bytes in Kestrel. Many take O(handles).
/// </remarks>
internal sealed class NativeRenewals(RegistryService registry, HttpServerOptions options)
{
    private static readonly StringValues s_unknown = "No such lease: register. GET /v1/explain/{service}/{id} says why.";

    private static readonly ReadOnlyMemory<byte>[] s_outcomes =
    [
        .. Enum.GetValues<RenewOutcome>().Order().Select(outcome => OutcomeBody(outcome)),
    ];

    public void RenewByHandle(Exchange exchange, in Route route)
    {
        if (!V1Handle.TryParse(route.Name, out LeaseHandle handle))
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, "A handle is 16 hexadecimal digits.");
        }
        else if (registry.Renew(handle, registry.Now))
        {
            exchange.Answer(StatusCodes.Status204NoContent);
        }
        else
        {
            exchange.AnswerEmpty(StatusCodes.Status404NotFound, s_unknown);
        }
    }

    public void RenewByKey(Exchange exchange, in Route route)
    {
        if (!Query.TryGetNumber(route.Query, "clientStamp", out long? stamp))
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, "clientStamp must be a whole number of 64 bits.");
            return;
        }

        RenewOutcome outcome = registry.Renew(new InstanceKey(route.Name, route.Id), stamp, registry.Now).Outcome;
        if (outcome == RenewOutcome.Unknown)
        {
            exchange.AnswerEmpty(StatusCodes.Status404NotFound, s_unknown);
        }
        else if (outcome == RenewOutcome.Same)
        {
            exchange.Answer(StatusCodes.Status204NoContent);
        }
        else
        {
            exchange.Answer(StatusCodes.Status200OK);
            exchange.Send(Names.Json, s_outcomes[(int)outcome]);
        }
    }

    public async Task RenewMany(Exchange exchange)
    {
        using RequestBody? body = await RequestBody.ReadAsync(exchange, options.BatchBodyBytesMax, options.BodyTimeout);
        if (body is null)
        {
            return;
        }

        if (!V1RequestReader.TryReadHandles(body.Bytes.Span, out LeaseHandle[]? handles, out string? problem))
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, problem);
            return;
        }

        int[] unknown = new int[handles.Length];
        int count = registry.Renew(handles, registry.Now, unknown);
        var answer = new ArrayBufferWriter<byte>(32 + (8 * count));
        Utf8JsonWriter json = V1Json.Compact(answer);
        json.WriteStartObject();
        json.WriteStartArray(V1Member.Unknown.Name());
        foreach (int position in unknown.AsSpan(0, count))
        {
            json.WriteNumberValue(position);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        answer.Write("\n"u8);
        exchange.Answer(StatusCodes.Status200OK);
        exchange.Send(Names.Json, answer.WrittenMemory);
    }

    private static ReadOnlyMemory<byte> OutcomeBody(RenewOutcome outcome) =>
        System.Text.Encoding.UTF8.GetBytes($"{{\"{V1Member.Outcome.Name()}\": \"{V1Words.Of(outcome)}\"}}\n");
}
