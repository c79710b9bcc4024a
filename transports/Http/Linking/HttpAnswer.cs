using System.Net;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Transports.Http.V1;

namespace Rollcall.Transports.Http.Linking;

/// <summary>A node's answer, read whole.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Version">The version of the registry that it is a view of, if it says one.</param>
/// <param name="Body">Plain.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, RegistryVersion Version, ReadOnlyMemory<byte> Body)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The registry's refusal; null if it is none.</summary>
    public RegistryError? Refusal
    {
        get
        {
            bool refused = !IsSuccess && V1Errors.TryRead(Body.Span, out V1Error error, out string? reason) && V1Errors.OfCore(error) is not null;
            return refused ? Error(Body.Span) : null;
        }
    }

    /// <summary>Why it is no answer that a caller can use. The one place that maps HTTP to <see cref="LinkFailure"/>.</summary>
    public LinkException Failure(string address)
    {
        string said = V1Errors.TryRead(Body.Span, out _, out string? reason) ? reason! : $"{address} answered {(int)Status}, as no registry does.";
        LinkFailure failure = Status switch
        {
            HttpStatusCode.Unauthorized => LinkFailure.NotAuthenticated,
            HttpStatusCode.Forbidden => LinkFailure.NotAllowed,
            HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.RequestUriTooLong or HttpStatusCode.RequestHeaderFieldsTooLarge =>
                LinkFailure.LimitExceeded,
            HttpStatusCode.ServiceUnavailable => LinkFailure.Unavailable,
            _ => LinkFailure.Protocol,
        };
        return new LinkException(failure, said);
    }

    /// <summary>Reads the body.</summary>
    /// <exception cref="LinkException">It is not what a registry answers.</exception>
    public T Read<T>(string address, Func<ReadOnlySpan<byte>, T> read)
    {
        try
        {
            return read(Body.Span);
        }
        catch (JsonException e)
        {
            throw new LinkException(LinkFailure.Protocol, $"{address} answered what no registry does: {RegistryError.Shown(e.Message, 200)}", e);
        }
    }

    private static RegistryError Error(ReadOnlySpan<byte> body)
    {
        V1Errors.TryRead(body, out V1Error error, out string? reason);
        return new RegistryError(V1Errors.OfCore(error)!.Value, reason!);
    }
}
