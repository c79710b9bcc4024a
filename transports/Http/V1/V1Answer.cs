using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Transports.Http.Json;
using Rollcall.Transports.Http.Linking;

namespace Rollcall.Transports.Http.V1;

/// <summary>Reads the small answers of <c>/v1</c>, for a client.</summary>
/// <remarks>Errors: <see cref="JsonException"/> for what no registry answers.</remarks>
internal static class V1Answer
{
    /// <summary>True if it is what <c>GET /v1</c> answers.</summary>
    public static bool IsIndex(ReadOnlySpan<byte> body)
    {
        try
        {
            return Small.Read(body).Registry == V1Words.Registry;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static RegisterResult ReadRegistered(ReadOnlySpan<byte> body)
    {
        Small answer = Small.Read(body);
        return new RegisterResult(null, Given(answer.Handle, V1Member.Handle), Given(answer.Version, V1Member.Version).Number, answer.Created);
    }

    public static RegistryVersion ReadVersion(ReadOnlySpan<byte> body) => Given(Small.Read(body).Version, V1Member.Version);

    public static RenewOutcome ReadOutcome(ReadOnlySpan<byte> body) => Given(Small.Read(body).Outcome, V1Member.Outcome);

    /// <summary>The positions of what is unknown, each of which is below <paramref name="sent"/> and above the one before.</summary>
    public static List<int> ReadUnknown(ReadOnlySpan<byte> body, int sent)
    {
        List<int> positions = Small.Read(body).Unknown ?? throw new JsonException($"'{V1Member.Unknown.Name()}' must be there");
        int before = -1;
        foreach (int position in positions)
        {
            before = position > before && position < sent ? position : throw new JsonException($"position {position} of {sent} is out of order");
        }

        return positions;
    }

    public static AcknowledgedVersion ReadAcknowledged(ReadOnlySpan<byte> body)
    {
        Small answer = Small.Read(body);
        return new AcknowledgedVersion(Given(answer.Version, V1Member.Version), Given(answer.Subscribers, V1Member.Subscribers));
    }

    /// <summary>The subscription that the first event of a watch names.</summary>
    /// <exception cref="LinkException">It is another event.</exception>
    public static string ReadSubscription(in ServerEvent first)
    {
        try
        {
            return Small.Read(first.Data.Span).Subscription ?? throw new JsonException($"'{V1Member.Subscription.Name()}' must be there");
        }
        catch (JsonException e)
        {
            throw new LinkException(LinkFailure.Protocol, "The watch does not begin as a registry's does.", e);
        }
    }

    private static T Given<T>(T? value, V1Member member)
        where T : struct => value ?? throw new JsonException($"'{member.Name()}' must be there");

    /// <summary>All that a small answer may hold.</summary>
    private sealed class Small
    {
        public string? Registry { get; private set; }

        public string? Subscription { get; private set; }

        public RegistryVersion? Version { get; private set; }

        public LeaseHandle? Handle { get; private set; }

        public RenewOutcome? Outcome { get; private set; }

        public bool Created { get; private set; }

        public int? Subscribers { get; private set; }

        public List<int>? Unknown { get; private set; }

        public static Small Read(ReadOnlySpan<byte> body)
        {
            Utf8JsonReader json = JsonBody.Open(body, V1Json.DepthMax);
            json.Expect(JsonTokenType.StartObject, "an answer");
            var small = new Small();
            while (json.NextMember(out V1Member member))
            {
                small.Read(ref json, member);
            }

            return small;
        }

        private void Read(ref Utf8JsonReader json, V1Member member)
        {
            switch (member)
            {
                case V1Member.Registry:
                    Registry = json.ReadText(member);
                    break;
                case V1Member.Subscription:
                    Subscription = json.ReadText(member);
                    break;
                case V1Member.Version:
                    Version = V1Reader.ReadVersion(json, member);
                    break;
                case V1Member.Handle:
                    Handle = V1Handle.TryParse(json.ValueSpan, out LeaseHandle handle) ? handle : throw new JsonException("a handle must be 16 digits");
                    break;
                case V1Member.Outcome:
                    Outcome = json.ReadWord<RenewOutcome>(member, V1Words.Of);
                    break;
                case V1Member.Created:
                    Created = json.ReadBoolean(member);
                    break;
                case V1Member.Subscribers:
                    Subscribers = (int)json.ReadNumber(member, 0, int.MaxValue);
                    break;
                case V1Member.Unknown:
                    Unknown = ReadPositions(ref json, member);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        private static List<int> ReadPositions(ref Utf8JsonReader json, V1Member member)
        {
            json.Expect(JsonTokenType.StartArray, $"'{member.Name()}'");
            var positions = new List<int>();
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                positions.Add((int)json.ReadNumber(member, 0, int.MaxValue));
            }

            return positions;
        }
    }
}
