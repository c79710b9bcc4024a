using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.Eureka;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Handlers;

/// <summary>Eureka's heartbeat: the hot path.</summary>
/// <remarks>
/// <para>Cost: 0 bytes for 200 and 404: spans over the target, static header values.</para>
/// <para>
/// Answers to owners are empty whatever their status, because Java's newer clients decode any body as an instance. A body in the
/// request means nothing; Kestrel reads it away, within its limits.
/// </para>
/// </remarks>
internal sealed class Renewals(RegistryService registry, Reads reads)
{
    private static readonly StringValues s_unknown = "No such lease: register. GET /v1/explain/{service}/{id} says why.";
    private static readonly StringValues s_newer = "lastDirtyTimestamp is newer than the record: register again.";
    private static readonly StringValues s_ownStatusUnknown = "The instance's own status is UNKNOWN: register again.";
    private static readonly StringValues s_badStamp = "lastDirtyTimestamp must be a whole number of 64 bits.";

    public void Renew(Exchange exchange, in Route route)
    {
        if (!Query.TryGetNumber(route.Query, "lastDirtyTimestamp", out long? stamp))
        {
            exchange.AnswerEmpty(StatusCodes.Status400BadRequest, s_badStamp);
            return;
        }

        var key = new InstanceKey(route.Name, route.Id);
        MonotonicTime now = registry.Now;
        RenewResult result = registry.Renew(key, stamp, now, exchange.IsReplication ? WriteSource.Peer : WriteSource.Owner);
        if (result.Outcome == RenewOutcome.Unknown)
        {
            exchange.AnswerEmpty(StatusCodes.Status404NotFound, s_unknown);
        }
        else if (result.Instance!.OwnStatus == InstanceStatus.Unknown)
        {
            exchange.AnswerEmpty(StatusCodes.Status404NotFound, s_ownStatusUnknown);
        }
        else if (result.Outcome == RenewOutcome.Newer)
        {
            TakeOverride(exchange, key, route.Query, now);
            exchange.AnswerEmpty(StatusCodes.Status404NotFound, s_newer);
        }
        else if (result.Outcome == RenewOutcome.Older && exchange.IsReplication)
        {
            reads.SendInstance(exchange, result.Instance, StatusCodes.Status409Conflict);
        }
        else
        {
            exchange.Answer(StatusCodes.Status200OK);
        }
    }

    /// <summary>A peer whose record is newer passes on its override before it is asked for the record.</summary>
    private void TakeOverride(Exchange exchange, InstanceKey key, ReadOnlySpan<char> query, MonotonicTime now)
    {
        if (
            exchange.IsReplication
            && Query.TryGet(query, "overriddenstatus", out ReadOnlySpan<char> text)
            && EurekaStatus.TryParseExact(text, out InstanceStatus status)
            && status != InstanceStatus.Unknown
        )
        {
            registry.SetStatus(key, status, now, WriteSource.Peer);
        }
    }
}
