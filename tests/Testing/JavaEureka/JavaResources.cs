using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>What Java's server answers to clients, path by path; peers have <see cref="JavaPeerEndpoint"/>.</summary>
/// <remarks>Owner: one <see cref="JavaEurekaServer"/>; one request at a time.</remarks>
internal sealed class JavaResources(JavaRegistry registry, JavaResponseCache cache, JavaPeerEndpoint peers, Func<long> now)
{
    private JavaQuirks _quirks = new();
    private int _deltas;

    /// <summary>Answers; what Java would not take is a <see cref="JavaRefusal"/>.</summary>
    public PlainAnswer Answer(PlainRequest request, JavaQuirks quirks)
    {
        _quirks = quirks;
        var call = JavaCall.Read(request, quirks.BasePath);
        return (request.Method, call.Path) switch
        {
            ("GET", ["apps"]) => List(call, "full", registry.Leases, "1"),
            ("GET", ["apps", "delta"]) => Delta(call),
            ("GET", ["apps", var app]) => App(call, app.ToUpperInvariant()),
            ("GET", ["vips", var vip]) => Vips(call, vip, lease => lease.Holder.Vips),
            ("GET", ["svips", var vip]) => Vips(call, vip, lease => lease.Holder.SecureVips),
            ("GET", ["apps", var app, var id]) => One(call, registry.Find(app, id)),
            ("GET", ["instances", var id]) => One(call, registry.FindById(id)),
            ("POST", ["apps", var app]) => Register(call, app),
            ("PUT", ["apps", var app, var id]) => Renew(call, app, id),
            ("DELETE", ["apps", var app, var id]) => Write(call, () => registry.Cancel(app, id)),
            ("PUT", ["apps", var app, var id, "status"]) => Write(
                call.Only("value", "lastDirtyTimestamp"),
                () => registry.SetStatus(app, id, call.Status("value")!, call.Number("lastDirtyTimestamp"))
            ),
            ("DELETE", ["apps", var app, var id, "status"]) => Write(
                call.Only("value", "lastDirtyTimestamp"),
                () => registry.ClearStatus(app, id, call.Status("value", optional: true) ?? "UNKNOWN", call.Number("lastDirtyTimestamp"))
            ),
            ("PUT", ["apps", var app, var id, "metadata"]) => Metadata(call, app, id),
            ("POST", ["peerreplication", "batch"]) => peers.Answer(call, _quirks, cache.Invalidate),
            _ => throw new JavaRefusal("no such resource", 404),
        };
    }

    private PlainAnswer List(JavaCall call, string key, IEnumerable<JavaLease> leases, string version) =>
        _quirks.RefusesReads
            ? PlainAnswer.Empty(403)
            : Cached(call, key, () => Document(call, leases, version, key == "delta" ? _quirks.DeltaHash ?? registry.Hash() : registry.Hash()));

    private PlainAnswer Delta(JavaCall call) =>
        _quirks.DeltaDisabled
            ? PlainAnswer.Empty(403)
            : List(call, "delta", registry.Delta(), (++_deltas).ToString(CultureInfo.InvariantCulture));

    private PlainAnswer App(JavaCall call, string app) =>
        _quirks.RefusesReads
            ? PlainAnswer.Empty(403)
            : Cached(
                call,
                $"apps/{app}",
                () =>
                {
                    JavaLease[] leases = [.. registry.Leases.Where(lease => lease.Holder.App == app)];
                    return leases.Length == 0 ? PlainAnswer.Empty(404) : call.Answer(200, "application", App(app, leases));
                }
            );

    private PlainAnswer Vips(JavaCall call, string vip, Func<JavaLease, string?> list) =>
        _quirks.RefusesReads
            ? PlainAnswer.Empty(403)
            : Cached(
                call,
                $"{call.Path[0]}/{vip}",
                () =>
                {
                    JavaLease[] leases = [.. registry.Leases.Where(lease => list(lease)?.Split(',').Contains(vip) == true)];
                    return Document(call, leases, "-1", leases.Length == 0 ? "" : $"UP_{leases.Length}_");
                }
            );

    private PlainAnswer One(JavaCall call, JavaLease? lease) =>
        lease is null ? PlainAnswer.Empty(404) : call.Answer(200, "instance", JavaJson.Write(lease.Holder, lease));

    private PlainAnswer Cached(JavaCall call, string key, Func<PlainAnswer> make)
    {
        PlainAnswer plain = _quirks.ResponseCache ? cache.Get($"{call.WantsJson} {key}", make) : make();
        return key is "full" or "delta" ? Packed(call, plain) : plain;
    }

    // Only these two are ever packed by Eureka itself.
    private PlainAnswer Packed(JavaCall call, PlainAnswer plain)
    {
        string? accepted = call.Request.Header("Accept-Encoding");
        bool gzip = accepted?.Contains("gzip", StringComparison.Ordinal) ?? _quirks.EnforcesGzip;
        if (!gzip)
        {
            return _quirks.EnforcesGzip ? throw new JavaRefusal("Netflix's filter wants gzip to be accepted", 406) : plain;
        }

        using var packed = new MemoryStream();
        using (var packer = new GZipStream(packed, CompressionLevel.Fastest))
        {
            packer.Write(plain.Body);
        }

        return new PlainAnswer(plain.Status, packed.ToArray(), [.. plain.Headers, ("Content-Encoding", "gzip")]);
    }

    private PlainAnswer Document(JavaCall call, IEnumerable<JavaLease> leases, string version, string hash)
    {
        JsonNode[] apps =
        [
            .. leases.GroupBy(lease => lease.Holder.App, StringComparer.Ordinal).Select(group => App(group.Key, [.. group])),
        ];
        var document = new JsonObject { ["versions__delta"] = version, ["apps__hashcode"] = hash, ["application"] = Many(apps) };
        return call.Answer(200, "applications", document);
    }

    private JsonObject App(string name, JavaLease[] leases) =>
        new() { ["name"] = name, ["instance"] = Many([.. leases.Select(lease => JavaJson.Write(lease.Holder, lease))]) };

    private JsonNode Many(JsonNode[] items) => _quirks.SinglesUnwrapped && items.Length == 1 ? items[0] : new JsonArray(items);

    private PlainAnswer Register(JavaCall call, string app)
    {
        JavaInstance instance = JavaJson.ReadRegistration(call.JsonBody(), now());
        if (!instance.App.Equals(app, StringComparison.OrdinalIgnoreCase))
        {
            throw new JavaRefusal($"Mismatched appName, expecting {app} but was {instance.App}");
        }

        registry.Register(instance, call.IsReplication);
        cache.Invalidate();
        return PlainAnswer.Empty(204);
    }

    private PlainAnswer Renew(JavaCall call, string app, string id)
    {
        call.Only("status", "lastDirtyTimestamp", "overriddenstatus");
        call.Status("status", optional: true);
        if (!registry.Renew(app, id, call.IsReplication))
        {
            return PlainAnswer.Empty(404);
        }

        JavaLease lease = registry.Find(app, id)!;
        (int status, bool entity) = peers.Compare(lease, call.Number("lastDirtyTimestamp"), call.Status("overriddenstatus", optional: true), call.IsReplication);
        return entity ? call.Answer(409, "instance", JavaJson.Write(lease.Holder, lease)) : PlainAnswer.Empty(status);
    }

    private PlainAnswer Write(JavaCall call, Func<bool> act)
    {
        call.Only("value", "lastDirtyTimestamp");
        bool done = act();
        cache.Invalidate();
        return PlainAnswer.Empty(done ? 200 : 404);
    }

    private PlainAnswer Metadata(JavaCall call, string app, string id)
    {
        if (registry.Find(app, id) is not { } lease)
        {
            return PlainAnswer.Empty(404);
        }

        JavaInstance holder = lease.Holder;
        holder.Metadata = new Dictionary<string, string>(holder.Metadata);
        foreach ((string key, string value) in call.Query)
        {
            holder.Metadata[key] = value;
        }

        registry.Register(holder, replication: false);
        cache.Invalidate();
        return PlainAnswer.Empty(200);
    }
}
