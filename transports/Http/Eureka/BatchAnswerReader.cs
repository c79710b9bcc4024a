using System.Text.Json;
using Rollcall.Core.Replication;
using Rollcall.Transports.Http.Json;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Reads the answer to a replication batch: <c>{"responseList":[{"statusCode":200}, ..]}</c>.</summary>
/// <remarks>Errors: <see cref="JsonException"/> for what is no such answer. Members that are not known are passed over.</remarks>
internal static class BatchAnswerReader
{
    /// <summary>The answers, in the order of the items.</summary>
    public static IReadOnlyList<JavaAnswer> Read(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader reader = JsonBody.Open(body, EurekaLimits.Default.DepthMax);
        Expect(reader, JsonTokenType.StartObject);
        List<JavaAnswer>? answers = null;
        while (JsonInstance.NextMember(ref reader, out Member member))
        {
            if (member != Member.ResponseList)
            {
                reader.Skip();
                continue;
            }

            Expect(reader, JsonTokenType.StartArray);
            answers = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                answers.Add(ReadAnswer(ref reader));
            }
        }

        JsonBody.ReadToEnd(ref reader);
        return answers ?? throw new JsonException("'responseList' is not there");
    }

    private static JavaAnswer ReadAnswer(ref Utf8JsonReader reader)
    {
        Expect(reader, JsonTokenType.StartObject);
        int status = 0;
        ToldInstance? entity = null;
        while (JsonInstance.NextMember(ref reader, out Member member))
        {
            switch (member)
            {
                case Member.StatusCode when reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out status):
                    break;
                case Member.ResponseEntity when reader.TokenType == JsonTokenType.StartObject:
                    entity = EurekaDocument.ReadInstance(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        JavaVerdict verdict = status switch
        {
            >= 200 and < 300 => JavaVerdict.Done,
            404 => JavaVerdict.Unknown,
            409 => JavaVerdict.Older,
            _ => JavaVerdict.Refused,
        };
        return new JavaAnswer(verdict, entity?.Record);
    }

    private static void Expect(in Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
        {
            throw new JsonException($"{JsonInstance.Shape(reader.TokenType)} stands where {JsonInstance.Shape(token)} must be");
        }
    }
}
