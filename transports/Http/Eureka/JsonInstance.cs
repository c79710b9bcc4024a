using System.Globalization;
using System.Text;
using System.Text.Json;
using Rollcall.Core;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Reads one instance object of Eureka's JSON into a draft.</summary>
/// <remarks>
/// Each method is called with the reader on the first token of a value and leaves it on the last. The shape of a value that
/// cannot be meant is noted in the draft and stepped over; malformed JSON throws <see cref="JsonException"/>.
/// </remarks>
internal static class JsonInstance
{
    /// <summary>Reads an instance that is the value of <paramref name="holder"/>.</summary>
    public static void Read(ref Utf8JsonReader reader, Member holder, InstanceDraft draft)
    {
        if (!IsObject(ref reader, holder, draft))
        {
            return;
        }

        while (NextMember(ref reader, out Member member))
        {
            ReadMember(ref reader, member, draft);
        }
    }

    /// <summary>Reads the value of one member of an instance; of one that is not known, steps over it.</summary>
    public static void ReadMember(ref Utf8JsonReader reader, Member member, InstanceDraft draft)
    {
        switch (member)
        {
            case Member.Port or Member.SecurePort:
                ReadPort(ref reader, member, draft);
                break;
            case Member.LeaseInfo:
                ReadLease(ref reader, draft);
                break;
            case Member.Metadata:
                draft.Metadata = ReadPairs(ref reader, draft);
                break;
            case Member.DataCenterInfo:
                ReadDataCenter(ref reader, draft);
                break;
            case >= Member.InstanceId and <= Member.AsgName when !EurekaNames.IsServersOwn(member):
                draft.Set(member, Scalar(ref reader, member, draft));
                break;
            case Member.LastUpdatedTimestamp or Member.ActionType when draft.Word is { } word:
                word.Set(member, Scalar(ref reader, member, draft));
                break;
            default:
                reader.Skip();
                break;
        }
    }

    /// <summary>Goes to the value of the next member; false at the end of the object.</summary>
    public static bool NextMember(ref Utf8JsonReader reader, out Member member)
    {
        member = Member.Unknown;
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        Span<char> name = stackalloc char[EurekaNames.LengthMax];
        if (reader.ValueSpan.Length <= name.Length)
        {
            member = EurekaNames.Find(name[..reader.CopyString(name)]);
        }

        reader.Read();
        return true;
    }

    /// <summary>Text, number or truth value as text; null for null and for any other shape, which the draft refuses.</summary>
    public static string? Scalar(ref Utf8JsonReader reader, Member member, InstanceDraft draft)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return Encoding.UTF8.GetString(reader.ValueSpan);
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            case JsonTokenType.Null:
                return null;
            default:
                draft.Refuse($"{EurekaNames.Text(member)} is {Shape(reader.TokenType)}; expected a single value");
                reader.Skip();
                return null;
        }
    }

    /// <summary>What stands there, for people.</summary>
    public static string Shape(JsonTokenType token) =>
        token switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "a text",
            JsonTokenType.Number => "a number",
            JsonTokenType.Null => "null",
            _ => "true or false",
        };

    /// <summary>True at the start of an object. Null is absent; anything else the draft refuses.</summary>
    public static bool IsObject(ref Utf8JsonReader reader, Member member, InstanceDraft draft)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
        {
            draft.Refuse($"{EurekaNames.Text(member)} is {Shape(reader.TokenType)}; expected an object");
            reader.Skip();
        }

        return reader.TokenType == JsonTokenType.StartObject;
    }

    private static void ReadPort(ref Utf8JsonReader reader, Member port, InstanceDraft draft)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            draft.SetPort(port, Scalar(ref reader, port, draft), enabled: null);
            return;
        }

        string? number = null;
        bool? enabled = null;
        while (NextMember(ref reader, out Member member))
        {
            switch (member)
            {
                case Member.PortNumber:
                    number = Scalar(ref reader, port, draft);
                    break;
                case Member.PortEnabled:
                    enabled = Flag(Scalar(ref reader, member, draft));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        draft.SetPort(port, number, enabled);
    }

    // As Jackson reads a truth value: a number that is not 0, or the word, in any case.
    private static bool? Flag(string? text) =>
        text is null
            ? null
            : text.Trim().Equals("true", StringComparison.OrdinalIgnoreCase)
                || (int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number != 0);

    private static void ReadLease(ref Utf8JsonReader reader, InstanceDraft draft)
    {
        draft.StartLease();
        if (!IsObject(ref reader, Member.LeaseInfo, draft))
        {
            return;
        }

        while (NextMember(ref reader, out Member member))
        {
            if (member is Member.DurationInSecs or Member.RenewalIntervalInSecs or Member.ServiceUpTimestamp)
            {
                draft.SetLease(member, Scalar(ref reader, member, draft));
            }
            else if (draft.Word is { } word && RegistryWord.IsOfLease(member))
            {
                word.Set(member, Scalar(ref reader, member, draft));
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadDataCenter(ref Utf8JsonReader reader, InstanceDraft draft)
    {
        draft.DataCenter = null;
        if (!IsObject(ref reader, Member.DataCenterInfo, draft))
        {
            return;
        }

        draft.DataCenter = new DataCenterDraft();
        while (NextMember(ref reader, out Member member))
        {
            switch (member)
            {
                case Member.Name:
                    draft.DataCenter.Name = Scalar(ref reader, member, draft);
                    break;
                case Member.Metadata:
                    draft.DataCenter.Metadata = ReadPairs(ref reader, draft);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private static OrderedDictionary<string, string> ReadPairs(ref Utf8JsonReader reader, InstanceDraft draft)
    {
        OrderedDictionary<string, string> pairs = [];
        if (!IsObject(ref reader, Member.Metadata, draft))
        {
            return pairs;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                draft.Refuse($"metadata '{RegistryError.Shown(key)}' is {Shape(reader.TokenType)}; expected a single value");
                reader.Skip();
            }
            else
            {
                // Netflix keeps a null as the word.
                draft.Put(pairs, key, Scalar(ref reader, Member.Metadata, draft) ?? "null");
            }
        }

        return pairs;
    }
}
