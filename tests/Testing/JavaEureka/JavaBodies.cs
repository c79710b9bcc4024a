using System.Text.Json.Nodes;

namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>Bodies as Java writes them, made by hand.</summary>
public static class JavaBodies
{
    /// <summary>InstanceInfo as Java's client registers it, without its root.</summary>
    public static JsonObject Instance(string app, string id, string status = "UP", long lastDirty = 1_700_000_000_005, string overridden = "UNKNOWN") =>
        new()
        {
            ["instanceId"] = id,
            ["hostName"] = "h1.example",
            ["app"] = app,
            ["ipAddr"] = "10.0.0.1",
            ["status"] = status,
            ["overriddenStatus"] = overridden,
            ["port"] = new JsonObject { ["$"] = 8080, ["@enabled"] = "true" },
            ["securePort"] = new JsonObject { ["$"] = 8443, ["@enabled"] = "false" },
            ["countryId"] = 1,
            ["dataCenterInfo"] = new JsonObject
            {
                ["@class"] = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
                ["name"] = "MyOwn",
            },
            ["leaseInfo"] = new JsonObject
            {
                ["renewalIntervalInSecs"] = 30,
                ["durationInSecs"] = 90,
                ["registrationTimestamp"] = 1_700_000_000_001,
                ["lastRenewalTimestamp"] = 1_700_000_030_002,
                ["evictionTimestamp"] = 0,
                ["serviceUpTimestamp"] = 1_700_000_000_003,
            },
            ["metadata"] = new JsonObject { ["@class"] = "java.util.Collections$EmptyMap" },
            ["vipAddress"] = "demo",
            ["secureVipAddress"] = "demo",
            ["isCoordinatingDiscoveryServer"] = "false",
            ["lastUpdatedTimestamp"] = "1700000000004",
            ["lastDirtyTimestamp"] = lastDirty.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["actionType"] = "ADDED",
        };

    /// <summary>A batch of items.</summary>
    public static JsonObject Batch(params JsonObject[] items) =>
        new() { ["replicationList"] = new JsonArray([.. items.Select(item => item.DeepClone())]) };
}
