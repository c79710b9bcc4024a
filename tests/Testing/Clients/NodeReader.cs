using System.Text.Json;

namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// eureka-js-client 4.5.0: takes the parsed object as it is and touches few members, but those without looking first.
/// </summary>
/// <remarks>
/// <para>Source: jquatier/eureka-js-client <c>EurekaClient.js</c>, <c>deltaUtils.js</c>. It compares instances by
/// <c>hostName</c> and <c>port.$</c>, and calls <c>app.toUpperCase()</c>. A full read without <c>application</c> is ignored and
/// the old list kept; a delta without it is a TypeError. A status other than UP is filtered unless told otherwise; the model
/// keeps all.</para>
/// </remarks>
public sealed class NodeReader : IClientReader
{
    private static readonly string[] Touched =
    [
        nameof(ClientInstance.App), nameof(ClientInstance.Host), nameof(ClientInstance.Status), nameof(ClientInstance.Port),
        nameof(ClientInstance.Vip), nameof(ClientInstance.Action), nameof(ClientInstance.Id), nameof(ClientInstance.Ip),
    ];

    /// <inheritdoc/>
    public string Name => "Node";

    /// <inheritdoc/>
    public WireFormat Format => WireFormat.Json;

    /// <inheritdoc/>
    public bool KeepsEscapedNames => false;

    /// <inheritdoc/>
    public IReadOnlySet<string> Reads { get; } = Touched.ToHashSet();

    /// <inheritdoc/>
    public bool AsksFor(ClientDocument document) => document is ClientDocument.Full or ClientDocument.Delta;

    /// <inheritdoc/>
    public ClientView Read(ClientDocument document, ReadOnlyMemory<byte> body)
    {
        JsonElement applications = Member(JsonTree.Parse(Name, body), "applications", "the root");
        JsonElement application = Member(applications, "application", "applications");
        bool absent = application.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
        return absent
            ? throw Reject("applications has no application: a full read keeps the old list, a delta is a TypeError")
            : new ClientView(null, null, [.. OneOrMany(application).Select(ReadApplication)]);
    }

    private static ClientRejectsException Reject(string reason) => new("Node", reason);

    /// <summary>A member, undefined if absent; a TypeError if there is nothing to look into.</summary>
    private static JsonElement Member(JsonElement value, string name, string where)
    {
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            throw Reject($"TypeError: cannot read {name} of {where}");
        }

        return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out JsonElement member) ? member : default;
    }

    private static IEnumerable<JsonElement> OneOrMany(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];

    private static ClientApp ReadApplication(JsonElement application)
    {
        JsonElement instance = Member(application, "instance", "an application");
        if (instance.ValueKind == JsonValueKind.Array && instance.GetArrayLength() == 0)
        {
            throw Reject("TypeError: an empty instance array is taken for an instance");
        }

        ClientInstance[] instances = [.. OneOrMany(instance).Select(ReadInstance)];
        return new ClientApp(Text(Member(application, "name", "an application")) ?? "", instances);
    }

    private static ClientInstance ReadInstance(JsonElement instance)
    {
        JsonElement port = Member(Member(instance, "port", "an instance"), "$", "port");
        if (port.ValueKind != JsonValueKind.Number)
        {
            throw Reject("port.$ is no number: it never equals the number that another answer shows");
        }

        return new ClientInstance
        {
            Id = Text(Member(instance, "instanceId", "an instance")),
            App = Text(Member(instance, "app", "an instance")) ?? throw Reject("TypeError: app has no toUpperCase"),
            Host = Text(Member(instance, "hostName", "an instance")) ?? throw Reject("hostName is no text"),
            Ip = Text(Member(instance, "ipAddr", "an instance")),
            Status = Text(Member(instance, "status", "an instance")),
            Vip = Text(Member(instance, "vipAddress", "an instance")),
            Action = Text(Member(instance, "actionType", "an instance")),
            Port = port.GetInt32(),
        };
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
