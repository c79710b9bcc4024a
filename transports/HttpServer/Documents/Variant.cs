using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Core.Snapshots;

namespace Rollcall.Transports.HttpServer.Documents;

/// <summary>In which of its forms a document is asked for.</summary>
/// <param name="Json">Else XML.</param>
/// <param name="Compact">The reduced form.</param>
/// <param name="Coding">How the bytes are coded.</param>
internal readonly record struct Variant(bool Json, bool Compact, DocumentCoding Coding)
{
    /// <summary>As Eureka decides: JSON if Accept holds <c>json</c> anywhere, else, and without the header, XML.</summary>
    public static Variant Of(IHeaderDictionary headers) =>
        new(
            WantsJson(headers),
            headers.TryGetValue(Names.EurekaAccept, out StringValues form)
                && form.Count > 0
                && string.Equals(form[0], Names.Compact, StringComparison.OrdinalIgnoreCase),
            CodingOf(headers)
        );

    /// <summary>Gzip, if the caller takes it.</summary>
    public static DocumentCoding CodingOf(IHeaderDictionary headers) =>
        TakesGzip(headers.AcceptEncoding) ? DocumentCoding.Gzip : DocumentCoding.Plain;

    public static bool WantsJson(IHeaderDictionary headers)
    {
        foreach (string? value in headers.Accept)
        {
            if (value is not null && value.Contains("json", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if gzip is named and not with a weight of zero; a bare star is no wish for it.</summary>
    private static bool TakesGzip(StringValues acceptEncoding)
    {
        foreach (string? value in acceptEncoding)
        {
            foreach (Range part in value.AsSpan().Split(','))
            {
                if (IsGzip(value.AsSpan(part)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsGzip(ReadOnlySpan<char> coding)
    {
        int semicolon = coding.IndexOf(';');
        ReadOnlySpan<char> name = (semicolon < 0 ? coding : coding[..semicolon]).Trim();
        if (
            !name.Equals("gzip", StringComparison.OrdinalIgnoreCase) && !name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase)
        )
        {
            return false;
        }

        ReadOnlySpan<char> weight = semicolon < 0 ? default : coding[(semicolon + 1)..].Trim();
        return !weight.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) || weight[3..].IndexOfAnyInRange('1', '9') >= 0;
    }
}
