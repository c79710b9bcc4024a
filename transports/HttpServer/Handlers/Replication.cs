using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Transports.Http.Eureka;
using Rollcall.Transports.Http.Polling;
using Rollcall.Transports.HttpServer.Bodies;

namespace Rollcall.Transports.HttpServer.Handlers;

/// <summary>Batches of Java peers: each item is done and answered on its own, the batch is 200.</summary>
/// <remarks>
/// <para>
/// A Register that is refused is answered 400 where a Java server says 200: a Java sender only logs it, but it then knows.
/// </para>
/// </remarks>
internal sealed class Replication(RegistryService registry, HttpServerOptions options)
{
    /// <summary>
    /// Conflicts answered with our record. With records of up to 40 kB an unlimited number would make a small request a huge
    /// answer; Java senders put at most 250 items into a batch.
    /// </summary>
    private const int EntitiesMax = 1_000;

    private readonly EurekaLimits _limits = new() { BatchItemsMax = options.BatchItemsMax };

    public async Task ReplicateAsync(Exchange exchange)
    {
        BodyFormat? declared = BodyFormats.FromHeader(exchange.RequestHeaders.ContentType);
        if (declared is not (null or BodyFormat.Json))
        {
            exchange.RefuseAndClose(
                StatusCodes.Status415UnsupportedMediaType,
                "Content-Type is not supported: send application/json."
            );
            return;
        }

        using RequestBody? body = await RequestBody.ReadAsync(exchange, options.BatchBodyBytesMax, options.BodyTimeout);
        if (body is not null)
        {
            Replicate(exchange, body.Bytes.Span);
        }
    }

    private void Replicate(Exchange exchange, ReadOnlySpan<byte> body)
    {
        if (!EurekaJsonReader.TryReadBatch(body, _limits, out IReadOnlyList<ReplicationItem>? items, out string? problem))
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, problem);
            return;
        }

        var answers = new List<(int, InstanceView?)>(items.Count);
        MonotonicTime now = registry.Now;
        int entities = 0;
        foreach (ReplicationItem item in items)
        {
            (int status, Instance? conflict) = Do(item, now);
            bool shown = conflict is not null && entities++ < EntitiesMax;
            answers.Add((status, shown ? View(conflict!) : null));
        }

        var output = new ArrayBufferWriter<byte>(64 * (items.Count + 1));
        BatchResponseWriter.Write(output, answers);
        exchange.Answer(StatusCodes.Status200OK);
        exchange.Send(Names.Json, output.WrittenMemory);
    }

    private (int Status, Instance? Conflict) Do(ReplicationItem item, MonotonicTime now)
    {
        if (item.Problem is not null)
        {
            return (StatusCodes.Status400BadRequest, null);
        }

        // Names of a batch are strings already; two copies of a hundred bytes each are nothing beside its parsing.
        var key = InstanceKey.Of(item.AppName, item.Id);
        return item.Action switch
        {
            ReplicationAction.Heartbeat => Renew(item, key, now),
            ReplicationAction.Register => (Register(item, now), null),
            ReplicationAction.Cancel => (StatusOf(registry.Cancel(key, now, WriteSource.Peer).Error), null),
            ReplicationAction.StatusUpdate => (SetStatus(item, key, now), null),
            _ => (StatusOf(registry.ClearStatus(key, now, WriteSource.Peer).Error), null),
        };
    }

    private int Register(ReplicationItem item, MonotonicTime now)
    {
        Registration told = item.Instance!;
        if (ServiceName.Canonical(told.Service) != ServiceName.Canonical(item.AppName))
        {
            return StatusCodes.Status400BadRequest;
        }

        // Each node of a cluster hears the same from the same Java server: what is known already renews, and is no change.
        var key = InstanceKey.Of(told.Service, told.Id);
        return registry.Find(key) is { } known && RecordComparer.Says(known, told, registry.Options)
            && registry.Renew(key, null, now, WriteSource.Peer).Instance is not null
            ? StatusCodes.Status200OK
            : StatusOf(registry.Register(told, now, WriteSource.Peer).Error);
    }

    private (int Status, Instance? Conflict) Renew(ReplicationItem item, InstanceKey key, MonotonicTime now)
    {
        RenewResult result = registry.Renew(key, item.LastDirtyTimestamp, now, WriteSource.Peer);
        if (result.Outcome == RenewOutcome.Unknown || result.Instance!.OwnStatus == InstanceStatus.Unknown)
        {
            return (StatusCodes.Status404NotFound, null);
        }

        if (result.Outcome == RenewOutcome.Newer)
        {
            if (EurekaStatus.TryParseExact(item.OverriddenStatus, out InstanceStatus status) && status != InstanceStatus.Unknown)
            {
                registry.SetStatus(key, status, now, WriteSource.Peer);
            }

            return (StatusCodes.Status404NotFound, null);
        }

        return result.Outcome == RenewOutcome.Older
            ? (StatusCodes.Status409Conflict, result.Instance)
            : (StatusCodes.Status200OK, null);
    }

    private int SetStatus(ReplicationItem item, InstanceKey key, MonotonicTime now) =>
        EurekaStatus.TryParseExact(item.Status, out InstanceStatus status)
            ? StatusOf(registry.SetStatus(key, status, now, WriteSource.Peer).Error)
            : StatusCodes.Status400BadRequest;

    private static int StatusOf(RegistryError? error) => error is null ? StatusCodes.Status200OK : ErrorMap.StatusOf(error.Code);

    private InstanceView View(Instance instance) =>
        new(instance, instance.LastChange, registry.LastRenewalMs(instance), RemovedAtMs: 0);
}
