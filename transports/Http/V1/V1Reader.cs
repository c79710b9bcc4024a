using System.Collections.Concurrent;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.Json;

namespace Rollcall.Transports.Http.V1;

/// <summary>Reads what <c>/v1</c> answers, for a client.</summary>
/// <remarks>
/// <para>Threads: any.</para>
/// <para>Errors: <see cref="JsonException"/> for what no registry sends.</para>
/// </remarks>
internal sealed class V1Reader
{
    // Instances of a service share its name, from one answer to the next: their text is kept as what differs from the first one's.
    private readonly ConcurrentDictionary<string, ServiceName> _services = new(StringComparer.Ordinal);

    public static RegistryVersion ReadVersion(in Utf8JsonReader json, V1Member member) =>
        RegistryVersion.TryParse(json.ReadText(member), out RegistryVersion version)
            ? version
            : throw new JsonException($"'{member.Name()}' must be a version: the epoch in hexadecimal, a dash, a number");

    /// <summary>An update: a snapshot, changes, or progress.</summary>
    public RegistryUpdate ReadUpdate(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader json = JsonBody.Open(body, V1Json.DepthMax);
        json.Expect(JsonTokenType.StartObject, "an update");
        UpdateKind? kind = null;
        RegistryVersion? version = null;
        var instances = new List<Instance>();
        var changes = new List<InstanceChange>();
        while (json.NextMember(out V1Member member))
        {
            switch (member)
            {
                case V1Member.Kind:
                    kind = json.ReadWord<UpdateKind>(member, V1Words.Of);
                    break;
                case V1Member.Version:
                    version = ReadVersion(json, member);
                    break;
                case V1Member.Services:
                    ReadServices(ref json, instances);
                    break;
                case V1Member.Changes:
                    ReadChanges(ref json, changes);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new RegistryUpdate(
            kind ?? throw new JsonException("'kind' must be there"),
            version ?? throw new JsonException("'version' must be there"),
            instances,
            changes
        );
    }

    /// <summary>One instance, with its service.</summary>
    public Instance ReadInstance(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader json = JsonBody.Open(body, V1Json.DepthMax);
        V1Draft draft = V1Draft.Read(ref json, "an instance");
        return draft.ToInstance(ServiceOf(draft.Service));
    }

    private ServiceName ServiceOf(string? name) =>
        _services.GetOrAdd(name ?? throw new JsonException("'service' must be there"), static name => new ServiceName(name));

    private void ReadServices(ref Utf8JsonReader json, List<Instance> instances)
    {
        json.Expect(JsonTokenType.StartArray, "'services'");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            json.Expect(JsonTokenType.StartObject, "a service");
            ServiceName? service = null;
            while (json.NextMember(out V1Member member))
            {
                if (member == V1Member.Service)
                {
                    service = ServiceOf(json.ReadText(member));
                }
                else if (member == V1Member.Instances)
                {
                    ReadInstances(ref json, service ?? throw new JsonException("'service' must come before 'instances'"), instances);
                }
                else
                {
                    json.Skip();
                }
            }
        }
    }

    private static void ReadInstances(ref Utf8JsonReader json, ServiceName service, List<Instance> instances)
    {
        json.Expect(JsonTokenType.StartArray, "'instances'");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            instances.Add(V1Draft.Read(ref json, "an instance").ToInstance(service));
        }
    }

    private void ReadChanges(ref Utf8JsonReader json, List<InstanceChange> changes)
    {
        json.Expect(JsonTokenType.StartArray, "'changes'");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            changes.Add(ReadChange(ref json));
        }
    }

    private InstanceChange ReadChange(ref Utf8JsonReader json)
    {
        json.Expect(JsonTokenType.StartObject, "a change");
        var of = new V1Draft();
        V1Draft? record = null;
        ChangeKind kind = default;
        ChangeCause cause = default;
        WriteSource source = default;
        long atMs = 0;
        while (json.NextMember(out V1Member member))
        {
            switch (member)
            {
                case V1Member.Kind:
                    kind = json.ReadWord<ChangeKind>(member, V1Words.Of);
                    break;
                case V1Member.Cause:
                    cause = json.ReadWord<ChangeCause>(member, V1Words.Of);
                    break;
                case V1Member.Source:
                    source = json.ReadWord<WriteSource>(member, V1Words.Of);
                    break;
                case V1Member.AtMs:
                    atMs = json.ReadNumber(member);
                    break;
                case V1Member.Record:
                    record = V1Draft.Read(ref json, "'record'");
                    break;
                default:
                    of.ReadMember(ref json, member);
                    break;
            }
        }

        V1Draft said = record ?? of;
        return new InstanceChange(
            of.Version,
            of.Number,
            kind,
            cause,
            source,
            atMs,
            said.Revision,
            record?.ToInstance(ServiceOf(of.Service)),
            said.OwnStatus,
            said.Override
        );
    }
}
