using System.Buffers;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Transports.Http.Json;

namespace Rollcall.Transports.Http.V1;

/// <summary>Why <c>/v1</c> refuses, for programs. The first are the core's.</summary>
public enum V1Error : byte
{
    /// <summary>Cannot be understood.</summary>
    BadRequest = 0,

    /// <summary><see cref="RegistryErrorCode.UnknownInstance"/>.</summary>
    UnknownInstance = RegistryErrorCode.UnknownInstance,

    /// <summary><see cref="RegistryErrorCode.UnknownHandle"/>.</summary>
    UnknownHandle = RegistryErrorCode.UnknownHandle,

    /// <summary><see cref="RegistryErrorCode.InvalidValue"/>.</summary>
    InvalidValue = RegistryErrorCode.InvalidValue,

    /// <summary><see cref="RegistryErrorCode.LimitExceeded"/>.</summary>
    LimitExceeded = RegistryErrorCode.LimitExceeded,

    /// <summary><see cref="RegistryErrorCode.RegistryFull"/>.</summary>
    RegistryFull = RegistryErrorCode.RegistryFull,

    /// <summary><see cref="RegistryErrorCode.TooFarBehind"/>.</summary>
    TooFarBehind = RegistryErrorCode.TooFarBehind,

    /// <summary><see cref="RegistryErrorCode.Warming"/>.</summary>
    Warming = RegistryErrorCode.Warming,

    /// <summary>No such path, or nothing there.</summary>
    NotFound = 32,

    /// <summary>The path does not answer to the method.</summary>
    WrongMethod = 33,

    /// <summary>The credentials are missing or wrong.</summary>
    NotAuthenticated = 34,

    /// <summary>The credentials are good, but not for this.</summary>
    NotAllowed = 35,

    /// <summary>The request is larger than the server takes.</summary>
    TooLarge = 36,

    /// <summary>The server cannot do it now.</summary>
    Unavailable = 37,
}

/// <summary>Refusals as JSON: <c>{"error": "for people", "code": "for-programs"}</c>.</summary>
public static class V1Errors
{
    private static readonly (V1Error Error, string Code)[] s_codes =
    [
        (V1Error.BadRequest, "bad-request"),
        (V1Error.UnknownInstance, "unknown-instance"),
        (V1Error.UnknownHandle, "unknown-handle"),
        (V1Error.InvalidValue, "invalid-value"),
        (V1Error.LimitExceeded, "limit-exceeded"),
        (V1Error.RegistryFull, "registry-full"),
        (V1Error.TooFarBehind, "too-far-behind"),
        (V1Error.Warming, "warming"),
        (V1Error.NotFound, "not-found"),
        (V1Error.WrongMethod, "wrong-method"),
        (V1Error.NotAuthenticated, "not-authenticated"),
        (V1Error.NotAllowed, "not-allowed"),
        (V1Error.TooLarge, "too-large"),
        (V1Error.Unavailable, "unavailable"),
    ];

    /// <summary>The word for programs.</summary>
    public static string Code(V1Error error) => s_codes.First(known => known.Error == error).Code;

    /// <summary>The error of the core that it stands for; null if it is of the transport.</summary>
    public static RegistryErrorCode? OfCore(V1Error error) =>
        error is >= V1Error.UnknownInstance and <= V1Error.Warming ? (RegistryErrorCode)error : null;

    /// <summary>The body of a refusal. <paramref name="reason"/> is valid UTF-8.</summary>
    public static ReadOnlyMemory<byte> Body(V1Error error, ReadOnlySpan<byte> reason)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(body, V1Json.Readable);
        json.WriteStartObject();
        json.WriteString("error", reason);
        json.WriteString("code", Code(error));
        json.WriteEndObject();
        json.Flush();
        body.Write("\n"u8);
        return body.WrittenMemory;
    }

    /// <summary>Reads what <see cref="Body"/> wrote; false if it is something else.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> body, out V1Error error, out string? reason)
    {
        (error, reason) = (V1Error.BadRequest, null);
        string? code = null;
        try
        {
            Utf8JsonReader json = JsonBody.Open(body, V1Json.DepthMax);
            json.Expect(JsonTokenType.StartObject, "an error");
            while (json.NextMember(out V1Member member))
            {
                switch (member)
                {
                    case V1Member.Error:
                        reason = json.ReadText(member);
                        break;
                    case V1Member.Code:
                        code = json.ReadText(member);
                        break;
                    default:
                        json.Skip();
                        break;
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        error = s_codes.FirstOrDefault(known => known.Code == code).Error;
        return reason is not null && code is not null;
    }
}
