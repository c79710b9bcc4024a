using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.Json;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Reads a replication batch: <c>{"replicationList":[{..}]}</c>.</summary>
/// <remarks>A list whose shape or action is not understood is refused whole; a bad instance spoils only its item.</remarks>
internal sealed class JsonBatch(EurekaLimits limits)
{
    private const string Actions = "Heartbeat, Register, Cancel, StatusUpdate, DeleteStatusOverride";

    private List<ReplicationItem>? _items;

    /// <summary>The items; null with a <see cref="Problem"/>.</summary>
    public IReadOnlyList<ReplicationItem>? Items => Problem is null ? _items : null;

    /// <summary>Why the batch is refused.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads the document.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (JsonInstance.NextMember(ref reader, out Member member))
            {
                ReadMember(ref reader, member);
            }
        }
        else
        {
            Refuse($"The body is {JsonInstance.Shape(reader.TokenType)}; expected an object with the member 'replicationList'");
        }

        JsonBody.ReadToEnd(ref reader);
        if (_items is null)
        {
            Refuse("Missing replicationList");
        }
    }

    private static bool TryParseAction(string? text, out ReplicationAction action)
    {
        (action, bool known) = text switch
        {
            "Heartbeat" => (ReplicationAction.Heartbeat, true),
            "Register" => (ReplicationAction.Register, true),
            "Cancel" => (ReplicationAction.Cancel, true),
            "StatusUpdate" => (ReplicationAction.StatusUpdate, true),
            "DeleteStatusOverride" => (ReplicationAction.DeleteStatusOverride, true),
            _ => (default, false),
        };
        return known;
    }

    private void Refuse(string problem) => Problem ??= problem;

    private void ReadMember(ref Utf8JsonReader reader, Member member)
    {
        if (member != Member.ReplicationList)
        {
            reader.Skip();
            return;
        }

        _items = [];
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadItem(ref reader);
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            ReadItems(ref reader);
        }
        else
        {
            Refuse($"replicationList is {JsonInstance.Shape(reader.TokenType)}; expected an array");
        }
    }

    private void ReadItems(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (_items!.Count == limits.BatchItemsMax)
            {
                Refuse($"replicationList has more than {limits.BatchItemsMax} items (EurekaLimits.BatchItemsMax); send several");
            }

            if (Problem is not null)
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadItem(ref reader);
            }
            else
            {
                Refuse($"replicationList[{_items.Count}] is {JsonInstance.Shape(reader.TokenType)}; expected an object");
                reader.Skip();
            }
        }
    }

    private void ReadItem(ref Utf8JsonReader reader)
    {
        var item = new ItemDraft();
        while (JsonInstance.NextMember(ref reader, out Member member))
        {
            item.ReadMember(ref reader, member);
        }

        if (TryParseAction(item.Action, out ReplicationAction action))
        {
            _items!.Add(item.Build(action));
        }
        else
        {
            string seen = item.Action is null ? "has no action" : $"has the action '{RegistryError.Shown(item.Action)}'";
            Refuse($"replicationList[{_items!.Count}] {seen}; expected one of {Actions}");
        }
    }

    /// <summary>What has been seen of one item. Its own members use a draft too: one leniency for all.</summary>
    private sealed class ItemDraft
    {
        private readonly InstanceDraft _outer = new(statusIgnoresCase: false);
        private InstanceDraft? _instance;
        private string? _appName;
        private string? _id;
        private string? _status;
        private string? _overriddenStatus;

        public string? Action { get; private set; }

        public void ReadMember(ref Utf8JsonReader reader, Member member)
        {
            switch (member)
            {
                case Member.AppName:
                    _appName = JsonInstance.Scalar(ref reader, member, _outer);
                    break;
                case Member.Id:
                    _id = JsonInstance.Scalar(ref reader, member, _outer);
                    break;
                case Member.Status:
                    _status = JsonInstance.Scalar(ref reader, member, _outer);
                    break;
                case Member.OverriddenStatus or Member.OverriddenStatusLegacy:
                    _overriddenStatus = JsonInstance.Scalar(ref reader, member, _outer);
                    break;
                case Member.Action:
                    Action = JsonInstance.Scalar(ref reader, member, _outer);
                    break;
                case Member.LastDirtyTimestamp:
                    _outer.Set(member, JsonInstance.Scalar(ref reader, member, _outer));
                    break;
                case Member.InstanceInfo when reader.TokenType != JsonTokenType.Null:
                    _instance = new InstanceDraft(statusIgnoresCase: false);
                    JsonInstance.Read(ref reader, member, _instance);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        public ReplicationItem Build(ReplicationAction action)
        {
            Registration? registration = null;
            string? problem = _outer.Problem ?? Missing(action);
            if (problem is null && action == ReplicationAction.Register)
            {
                _instance!.TryBuild(out registration, out problem);
            }

            return new(_appName ?? "", _id ?? "", action, _outer.Stamp, _status, _overriddenStatus, registration, problem);
        }

        private string? Missing(ReplicationAction action)
        {
            if (string.IsNullOrEmpty(_appName))
            {
                return "Missing appName";
            }

            if (string.IsNullOrEmpty(_id))
            {
                return "Missing id";
            }

            return action == ReplicationAction.Register && _instance is null ? "Missing instanceInfo" : null;
        }
    }
}
