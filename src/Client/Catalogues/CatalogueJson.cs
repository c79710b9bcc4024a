using System.Buffers;
using System.Text;
using System.Text.Json;
using Rollcall.Core.Model;

namespace Rollcall.Client.Catalogues;

/// <summary>What a catalogue's file holds.</summary>
/// <param name="Version">The registry's version that it is a copy of.</param>
/// <param name="WrittenAtMs">When the registry was heard last, milliseconds since 1970.</param>
/// <param name="Instances">The instances, with their effective status as their own.</param>
internal sealed record CatalogueContent(RegistryVersion Version, long WrittenAtMs, IReadOnlyList<Instance> Instances);

/// <summary>A catalogue as JSON: all of a record that callers need, without leases and history.</summary>
internal static class CatalogueJson
{
    public static byte[] Write(CatalogueContent content)
    {
        var output = new ArrayBufferWriter<byte>(256 * (1 + content.Instances.Count));
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("version", content.Version.ToString());
            json.WriteNumber("writtenAtMs", content.WrittenAtMs);
            json.WriteStartArray("instances");
            foreach (Instance instance in content.Instances)
            {
                Write(json, instance);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="Exception">JsonException, FormatException, InvalidOperationException, KeyNotFoundException: not what was written.</exception>
    public static CatalogueContent Read(ReadOnlyMemory<byte> body)
    {
        using JsonDocument json = JsonDocument.Parse(body);
        JsonElement root = json.RootElement;
        var names = new Dictionary<string, ServiceName>(StringComparer.Ordinal); // shared by the instances of a service
        Instance[] instances = [.. root.GetProperty("instances").EnumerateArray().Select(each => Read(each, names))];
        return RegistryVersion.TryParse(root.GetProperty("version").GetString(), out RegistryVersion version)
            ? new CatalogueContent(version, root.GetProperty("writtenAtMs").GetInt64(), instances)
            : throw new FormatException("the version is none");
    }

    private static void Write(Utf8JsonWriter json, Instance instance)
    {
        json.WriteStartObject();
        json.WriteString("service", instance.Service.Utf8);
        json.WriteString("id", instance.IdUtf8);
        json.WriteString("status", instance.Status.ToString());
        json.WriteNumber("port", instance.Port);
        json.WriteBoolean("portEnabled", instance.PortEnabled);
        json.WriteNumber("securePort", instance.SecurePort);
        json.WriteBoolean("securePortEnabled", instance.SecurePortEnabled);
        json.WriteNumber("weight", instance.Weight);
        foreach (InstanceText field in Enum.GetValues<InstanceText>())
        {
            if (instance.TryGetUtf8(field, out ReadOnlySpan<byte> text))
            {
                json.WriteString(field.ToString(), text);
            }
        }

        WritePairs(json, "metadata", instance.Metadata);
        WritePairs(json, "attributes", instance.Attributes);
        json.WriteEndObject();
    }

    private static void WritePairs(Utf8JsonWriter json, string name, TextPairs pairs)
    {
        json.WriteStartObject(name);
        foreach (TextPair pair in pairs)
        {
            json.WriteString(Encoding.UTF8.GetString(pair.Key), pair.Value);
        }

        json.WriteEndObject();
    }

    private static Instance Read(JsonElement from, Dictionary<string, ServiceName> names)
    {
        string service = Text(from, "service");
        if (!names.TryGetValue(service, out ServiceName? name))
        {
            names[service] = name = new ServiceName(service);
        }

        var registration = new Registration
        {
            Service = service,
            Id = Text(from, "id"),
            HostName = Text(from, nameof(InstanceText.HostName)),
            Address = Text(from, nameof(InstanceText.Address)),
            Status = Enum.TryParse(Text(from, "status"), out InstanceStatus status) ? status : throw new FormatException("a status is none"),
            Port = Port(from, "port"),
            PortEnabled = from.GetProperty("portEnabled").GetBoolean(),
            SecurePort = Port(from, "securePort"),
            SecurePortEnabled = from.GetProperty("securePortEnabled").GetBoolean(),
            Weight = from.GetProperty("weight").GetUInt16(),
            Vips = TextOrNull(from, InstanceText.Vips),
            SecureVips = TextOrNull(from, InstanceText.SecureVips),
            HomePageUrl = TextOrNull(from, InstanceText.HomePageUrl),
            StatusPageUrl = TextOrNull(from, InstanceText.StatusPageUrl),
            HealthCheckUrl = TextOrNull(from, InstanceText.HealthCheckUrl),
            SecureHealthCheckUrl = TextOrNull(from, InstanceText.SecureHealthCheckUrl),
            Zone = TextOrNull(from, InstanceText.Zone),
            Region = TextOrNull(from, InstanceText.Region),
            Metadata = Pairs(from, "metadata"),
            Attributes = Pairs(from, "attributes"),
        };
        return Instance.Restore(name, registration, default);
    }

    private static string Text(JsonElement from, string name) =>
        from.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");

    private static int Port(JsonElement from, string name) => from.GetProperty(name).GetUInt16();

    private static string? TextOrNull(JsonElement from, InstanceText field) =>
        from.TryGetProperty(field.ToString(), out JsonElement text) ? text.GetString() : null;

    private static KeyValuePair<string, string>[] Pairs(JsonElement from, string name) =>
        [.. from.GetProperty(name).EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetString() ?? ""))];
}
