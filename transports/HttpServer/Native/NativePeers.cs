using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Transports.HttpServer.Handlers;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>The cluster as this node sees it: <c>GET /v1/peers</c>.</summary>
internal sealed class NativePeers(RegistryService registry)
{
    public void Show(Exchange exchange) => NativeJson.Send(exchange, StatusCodes.Status200OK, Write);

    private void Write(Utf8JsonWriter json)
    {
        json.WriteString("node", Text(registry.NodeId));
        if (registry.Cluster is not { } cluster)
        {
            json.WriteNull("cluster");
            json.WriteStartArray("peers");
            json.WriteEndArray();
            return;
        }

        json.WriteString("cluster", registry.Options.Cluster!.ClusterId);
        json.WriteBoolean("warming", registry.Warming is not null);
        if (registry.Warming is { } warming)
        {
            json.WriteString("why", warming.Message);
        }

        json.WriteStartArray("peers");
        foreach (PeerReport peer in cluster.Report(registry.Now))
        {
            WritePeer(json, peer);
        }

        json.WriteEndArray();
    }

    private void WritePeer(Utf8JsonWriter json, PeerReport peer)
    {
        json.WriteStartObject();
        json.WriteString("address", peer.Address);
        json.WriteBoolean("configured", peer.IsConfigured);
        WriteText(json, "node", peer.Node is { } node ? Text(node) : null);
        json.WriteString("state", StateText(peer.State));
        json.WriteString("why", peer.Why);
        WriteTime(json, "since", peer.Since);
        WriteTime(json, "lastSuccessAt", peer.SucceededAt);
        if (peer.Progress is { } progress)
        {
            json.WriteNumber("lagChanges", progress.Lag);
            json.WriteNumber("lagMs", (long)progress.Behind.TotalMilliseconds);
            json.WriteNumber("batchesSent", progress.BatchesSent);
            json.WriteNumber("batchesUnderWay", progress.BatchesUnderWay);
            json.WriteNumber("bytesSent", progress.BytesSent);
            json.WriteNumber("bytesReceived", progress.BytesReceived);
        }

        if (peer.Link is { } link)
        {
            json.WriteBoolean("dialled", link.Dialled);
            json.WriteBoolean("repairing", link.Repairing);
            WriteTime(json, "equalAt", link.EqualAt);
            json.WriteNumber("leftOut", link.Path?.LeftOut ?? 0);
            WriteTime(json, "heardAt", link.HeardAt);
        }

        json.WriteEndObject();
    }

    private static string StateText(PeerState state) =>
        state switch
        {
            PeerState.Linked => "linked",
            PeerState.Unreachable => "unreachable",
            PeerState.Refused => "refused",
            PeerState.Self => "self",
            _ => "unknown",
        };

    private static string Text(uint node) => node.ToString("x", CultureInfo.InvariantCulture);

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, text);
        }
    }

    private void WriteTime(Utf8JsonWriter json, string name, MonotonicTime? time) =>
        WriteText(json, name, time is { } at ? Wording.Time(registry.WallMs(at)) : null);
}
