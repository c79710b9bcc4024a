using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Http.Eureka;
using Rollcall.Transports.Http.V1;
using Rollcall.Transports.HttpServer.Handlers;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>Why an instance is (not) there, the guard, the history.</summary>
internal sealed class NativeInsight(RegistryService registry)
{
    public void Explain(Exchange exchange, in Route route)
    {
        var key = new InstanceKey(route.Name, route.Id);
        Explanation explanation = registry.Explain(key, registry.Now);
        string name = key.ToString();
        NativeJson.Send(exchange, StatusCodes.Status200OK, json => WriteExplanation(json, name, explanation));
    }

    public void Guard(Exchange exchange) => NativeJson.Send(exchange, StatusCodes.Status200OK, WriteGuard);

    public void ConfirmLoss(Exchange exchange)
    {
        registry.ConfirmLoss(registry.Now);
        Guard(exchange);
    }

    public void History(Exchange exchange)
    {
        RegistryHistory history = registry.History();
        NativeJson.Send(
            exchange,
            StatusCodes.Status200OK,
            json =>
            {
                WriteChanges(json, "registered", history.Registered, named: true);
                WriteChanges(json, "cancelled", history.Cancelled, named: true);
                WriteChanges(json, "expired", history.Expired, named: true);
            }
        );
    }

    private static void WriteExplanation(Utf8JsonWriter json, string name, Explanation explanation)
    {
        json.WriteString("summary", explanation.Summary);
        json.WriteString("instance", name);
        json.WriteBoolean("present", explanation.Instance is not null);
        if (explanation.Instance is { } instance)
        {
            WriteRecord(json, instance);
            json.WriteStartObject("lease");
            json.WriteNumber("durationMs", (long)instance.LeaseDuration.TotalMilliseconds);
            json.WriteNumber("renewalIntervalMs", (long)instance.RenewalInterval.TotalMilliseconds);
            WriteTime(json, "registeredAt", instance.RegisteredAtMs);
            if (explanation.Home is { } home)
            {
                json.WriteString("home", home.ToString("x", CultureInfo.InvariantCulture));
            }

            WriteTime(json, "lastRenewalAt", explanation.LastRenewalMs);
            WriteTime(json, "endsAt", explanation.LeaseEndsMs);
            json.WriteBoolean("heldByGuard", explanation.HeldByGuard);
            json.WriteBoolean("provisional", explanation.Provisional);
            json.WriteEndObject();
        }

        WriteChanges(json, "events", explanation.Events, named: false);
        WriteTime(json, "knownSince", explanation.KnownSinceMs);
    }

    private static void WriteRecord(Utf8JsonWriter json, Instance instance)
    {
        json.WriteStartObject("record");
        json.WriteNumber("version", instance.Version);
        json.WriteString("status", EurekaStatus.Utf8(instance.Status));
        json.WriteString("ownStatus", EurekaStatus.Utf8(instance.OwnStatus));
        if (instance.Override is { } overriding)
        {
            json.WriteStartObject("override");
            json.WriteString("status", EurekaStatus.Utf8(overriding.Status));
            WriteTime(json, "setAt", overriding.SetAtMs);
            json.WriteEndObject();
        }

        json.WriteString("hostName", instance.Utf8(InstanceText.HostName));
        json.WriteString("address", instance.Utf8(InstanceText.Address));
        WritePort(json, "port", instance.Port, instance.PortEnabled);
        WritePort(json, "securePort", instance.SecurePort, instance.SecurePortEnabled);
        if (instance.TryGetUtf8(InstanceText.Vips, out ReadOnlySpan<byte> vips))
        {
            json.WriteString("vips", vips);
        }

        json.WriteNumber("clientStamp", instance.ClientStamp);
        WriteTime(json, "updatedAt", instance.UpdatedAtMs);
        json.WriteEndObject();
    }

    private static void WritePort(Utf8JsonWriter json, string name, int port, bool enabled)
    {
        if (enabled)
        {
            json.WriteNumber(name, port);
        }
    }

    private static void WriteChanges(Utf8JsonWriter json, string name, IReadOnlyList<Change> changes, bool named)
    {
        json.WriteStartArray(name);
        foreach (Change change in changes)
        {
            json.WriteStartObject();
            WriteTime(json, "at", change.AtMs);
            json.WriteString("cause", V1Words.Of(change.Cause));
            if (Wording.SourceOf(change) is { } source)
            {
                json.WriteString("source", source);
            }

            if (named)
            {
                json.WriteString("service", change.Record.Service.Utf8);
                json.WriteString("id", change.Record.IdUtf8);
            }

            json.WriteString("status", EurekaStatus.Utf8(change.Record.Status));
            json.WriteNumber("version", change.Version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteGuard(Utf8JsonWriter json)
    {
        GuardState guard = registry.Guard;
        json.WriteString("summary", guard.Summary);
        json.WriteBoolean("engaged", guard.Engaged);
        json.WriteString("reason", Wording.Of(guard.Reason));
        WriteTime(json, "since", registry.WallMs(guard.Since));
        if (guard.EndsAtLatest is { } end)
        {
            WriteTime(json, "endsAtLatest", registry.WallMs(end));
        }

        json.WriteNumber("silent", guard.Silent);
        json.WriteNumber("due", guard.Due);
        json.WriteNumber("held", guard.Held);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long ms) => json.WriteString(name, Wording.Time(ms));
}
