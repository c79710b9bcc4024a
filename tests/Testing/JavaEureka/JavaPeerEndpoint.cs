using System.Text;
using System.Text.Json.Nodes;

namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>Both ends of peer replication as Netflix has them: PeerReplicationResource and what PeerEurekaNode does with answers.</summary>
internal sealed class JavaPeerEndpoint(JavaRegistry registry, Func<long> now)
{
    /// <summary>Java's senders put no more into a batch.</summary>
    private const int BatchMax = 250;

    private static readonly string[] s_members =
    [
        "appName", "id", "lastDirtyTimestamp", "overriddenStatus", "status", "instanceInfo", "action",
    ];

    /// <summary>Takes a batch in.</summary>
    /// <exception cref="JavaRefusal">The whole of it is refused, or would be misunderstood.</exception>
    public PlainAnswer Answer(JavaCall call, JavaQuirks quirks, Action changed)
    {
        JsonObject batch = JavaJson.Parse(call.JsonBody());
        if (batch.Count != 1 || batch["replicationList"] is not JsonArray items)
        {
            throw new JavaRefusal("a batch is an object with replicationList alone");
        }

        if (items.Count is 0 or > BatchMax)
        {
            throw new JavaRefusal($"a batch of {items.Count} items: no Java server sends that");
        }

        if (!call.WantsJson)
        {
            throw new JavaRefusal("a batch is answered in JSON only", 406);
        }

        JsonNode[] answers = [.. items.Select(item => Do(item as JsonObject ?? throw new JavaRefusal("an item must be an object"), quirks))];
        changed();
        string said = quirks.BatchAnswer ?? new JsonObject { ["responseList"] = new JsonArray(answers) }.ToJsonString();
        return new PlainAnswer(200, Encoding.UTF8.GetBytes(said), ("Content-Type", "application/json"));
    }

    /// <summary>What a stamp means: 200, 404 for "send me the whole", 409 for "mine is newer".</summary>
    /// <returns>The status, and whether the record goes with it.</returns>
    public (int Status, bool Entity) Compare(JavaLease lease, long? lastDirty, string? overridden, bool replication)
    {
        if (lastDirty is not { } stamp || stamp == lease.Holder.LastDirty)
        {
            return (200, false);
        }

        if (stamp < lease.Holder.LastDirty)
        {
            return replication ? (409, true) : (200, false);
        }

        if (replication && overridden is not (null or "UNKNOWN"))
        {
            registry.StoreOverride(lease, overridden);
        }

        return (404, false);
    }

    /// <summary>What is sent to peers about an instance as it is now.</summary>
    public JsonObject ItemFor(string action, string app, string id)
    {
        var item = new JsonObject { ["appName"] = app, ["id"] = id };
        if (action != "Cancel" && registry.Find(app, id) is { } lease)
        {
            item["lastDirtyTimestamp"] = lease.Holder.LastDirty;
            item["status"] = lease.Holder.Status;
            if (action == "Heartbeat" && registry.Overrides.TryGetValue(id, out string? overridden))
            {
                item["overriddenStatus"] = overridden;
            }

            if (action == "Register")
            {
                item["instanceInfo"] = JavaJson.Write(lease.Holder, lease);
            }
        }

        item["action"] = action;
        return item;
    }

    /// <summary>Reacts to the answers to a batch; returns the items that are sent next.</summary>
    /// <exception cref="JavaRefusal">Java cannot read the answers, and sends the batch again until it is too old.</exception>
    public IReadOnlyList<JsonObject> TakeAnswers(JsonObject batch, JsonObject response)
    {
        var items = (JsonArray)batch["replicationList"]!;
        if (response.Count != 1 || response["responseList"] is not JsonArray answers)
        {
            throw new JavaRefusal("an answer to a batch is an object with responseList alone");
        }

        if (answers.Count != items.Count)
        {
            throw new JavaRefusal($"{answers.Count} answers to {items.Count} items");
        }

        var next = new List<JsonObject>();
        for (int i = 0; i < items.Count; i++)
        {
            next.AddRange(TakeAnswer((JsonObject)items[i]!, (JsonObject)answers[i]!));
        }

        return next;
    }

    private IEnumerable<JsonObject> TakeAnswer(JsonObject item, JsonObject answer)
    {
        string? unknown = answer.Select(member => member.Key).FirstOrDefault(name => name is not ("statusCode" or "responseEntity"));
        if (unknown is not null)
        {
            throw new JavaRefusal($"an answer may not hold {unknown}: Java takes that for a broken network");
        }

        long status = JavaJson.Number("statusCode", answer["statusCode"]);
        if (item["action"]!.ToString() != "Heartbeat")
        {
            return [];
        }

        if (answer["responseEntity"] is JsonObject entity)
        {
            JavaInstance newer = JavaJson.ReadInstance(entity, now());
            if (newer.Overridden != "UNKNOWN" && registry.Find(newer.App, newer.Id) is { } lease)
            {
                registry.StoreOverride(lease, newer.Overridden);
            }

            registry.Register(newer, replication: true);
        }

        return status == 404 ? [ItemFor("Register", item["appName"]!.ToString(), item["id"]!.ToString())] : [];
    }

    private JsonObject Do(JsonObject item, JavaQuirks quirks)
    {
        string? unknown = item.Select(member => member.Key).FirstOrDefault(name => !s_members.Contains(name));
        if (unknown is not null || item.Any(member => member.Value is null))
        {
            throw new JavaRefusal($"an item may not hold {unknown ?? "null"}: {item.ToJsonString()}");
        }

        string app = Text(item, "appName").ToUpperInvariant();
        string id = Text(item, "id");
        long? lastDirty = item["lastDirtyTimestamp"] is { } stamp ? JavaJson.Number("lastDirtyTimestamp", stamp) : null;
        switch (Text(item, "action"))
        {
            case "Register":
                JavaInstance instance = JavaJson.ReadInstance(
                    item["instanceInfo"] as JsonObject ?? throw new JavaRefusal("a Register needs instanceInfo"),
                    now()
                );
                registry.Register(
                    (instance.App, instance.Id) == (app, id) ? instance : throw new JavaRefusal($"{instance.App}/{instance.Id} sent as {app}/{id}"),
                    replication: true
                );
                return Status(200);
            case "Heartbeat":
                return Renew(item, app, id, lastDirty, quirks);
            case "Cancel":
                return Status(registry.Cancel(app, id) ? 200 : 404);
            case "StatusUpdate":
                return Status(registry.SetStatus(app, id, JavaJson.Status("status", item["status"]), lastDirty) ? 200 : 404);
            case "DeleteStatusOverride":
                string left = JavaJson.Status("status", item["status"]);
                return lastDirty is null
                    ? throw new JavaRefusal("DeleteStatusOverride without lastDirtyTimestamp: Java fails in this item")
                    : Status(registry.ClearStatus(app, id, left, lastDirty) ? 200 : 404);
            case var other:
                throw new JavaRefusal($"no action is called {other}");
        }
    }

    private JsonObject Renew(JsonObject item, string app, string id, long? lastDirty, JavaQuirks quirks)
    {
        string? overridden = item["overriddenStatus"] is { } text ? JavaJson.Status("overriddenStatus", text) : null;
        JavaJson.Status("status", item["status"]);
        if (!registry.Renew(app, id, replication: true))
        {
            return Status(404);
        }

        JavaLease lease = registry.Find(app, id)!;
        (int status, bool entity) = Compare(lease, lastDirty, overridden, replication: true);
        JsonObject answer = Status(status);
        if (entity && !quirks.ConflictsWithoutEntity)
        {
            answer["responseEntity"] = JavaJson.Write(lease.Holder, lease);
        }

        return answer;
    }

    private static JsonObject Status(int status) => new() { ["statusCode"] = status };

    private static string Text(JsonObject item, string member) =>
        item[member] is JsonValue value && value.ToString().Length > 0 ? value.ToString() : throw new JavaRefusal($"an item needs {member}");
}
