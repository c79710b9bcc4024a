using System.Text.Json;
using Rollcall.Transports.Http.Json;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>What a Eureka server answers to a read: instances, and of full reads and deltas the hash of the whole registry.</summary>
/// <remarks>
/// <para>Accepts an object in place of an array of one, as old servers write it, and every member that it does not know.</para>
/// <para>Errors: <see cref="JsonException"/> for what is no such document. An instance that lacks what an instance must have is left out:
/// one bad record must not hide the others. The hash then differs, and who follows reads in full each time.</para>
/// </remarks>
internal sealed class EurekaDocument
{
    private readonly List<ToldInstance> _instances = [];

    private EurekaDocument() { }

    /// <summary><c>apps__hashcode</c>; null if the document has none.</summary>
    public string? Hash { get; private set; }

    /// <summary>The instances, in the order of the document.</summary>
    public IReadOnlyList<ToldInstance> Instances => _instances;

    /// <summary>Reads <c>applications</c>, <c>application</c> or <c>instance</c>.</summary>
    public static EurekaDocument Read(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader reader = JsonBody.Open(body, EurekaLimits.Default.DepthMax);
        var document = new EurekaDocument();
        bool known = false;
        for (Expect(reader, JsonTokenType.StartObject); JsonInstance.NextMember(ref reader, out Member member);)
        {
            known |= document.ReadMember(ref reader, member);
        }

        JsonBody.ReadToEnd(ref reader);
        return known ? document : throw new JsonException("none of 'applications', 'application' and 'instance' is there");
    }

    /// <summary>Reads an instance that is the value of a member.</summary>
    public static ToldInstance? ReadInstance(ref Utf8JsonReader reader)
    {
        Expect(reader, JsonTokenType.StartObject);
        var draft = new InstanceDraft(statusIgnoresCase: false) { Word = new RegistryWord() };
        JsonInstance.Read(ref reader, Member.Instance, draft);
        return draft.TryBuild(out Core.Model.Registration? record, out _) ? new ToldInstance(record, draft.Word) : null;
    }

    private static void Expect(in Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
        {
            throw new JsonException($"{JsonInstance.Shape(reader.TokenType)} stands where {JsonInstance.Shape(token)} must be");
        }
    }

    private bool ReadMember(ref Utf8JsonReader reader, Member member)
    {
        switch (member)
        {
            case Member.Applications:
                for (Expect(reader, JsonTokenType.StartObject); JsonInstance.NextMember(ref reader, out Member inner);)
                {
                    ReadMember(ref reader, inner);
                }

                return true;
            case Member.AppsHashcode when reader.TokenType == JsonTokenType.String:
                Hash = reader.GetString();
                return false;
            case Member.Application or Member.Instance when reader.TokenType == JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    ReadMember(ref reader, member);
                }

                return true;
            case Member.Application:
                for (Expect(reader, JsonTokenType.StartObject); JsonInstance.NextMember(ref reader, out Member inner);)
                {
                    ReadMember(ref reader, inner);
                }

                return true;
            case Member.Instance:
                if (ReadInstance(ref reader) is { } told)
                {
                    _instances.Add(told);
                }

                return true;
            default:
                reader.Skip();
                return false;
        }
    }
}
