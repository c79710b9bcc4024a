using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Rollcall.Transports.HttpServer.Routing;

/// <summary>The query of a request target, read in place.</summary>
internal static class Query
{
    /// <summary>The first value of <paramref name="key"/>, not decoded; false if there is none.</summary>
    public static bool TryGet(ReadOnlySpan<char> query, ReadOnlySpan<char> key, out ReadOnlySpan<char> value)
    {
        foreach (Range part in query.Split('&'))
        {
            ReadOnlySpan<char> pair = query[part];
            int equals = pair.IndexOf('=');
            if ((equals < 0 ? pair : pair[..equals]).SequenceEqual(key))
            {
                value = equals < 0 ? default : pair[(equals + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>A number; false if there is text that is none.</summary>
    public static bool TryGetNumber(ReadOnlySpan<char> query, ReadOnlySpan<char> key, out long? number)
    {
        number = null;
        if (!TryGet(query, key, out ReadOnlySpan<char> value))
        {
            return true;
        }

        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed))
        {
            return false;
        }

        number = parsed;
        return true;
    }

    /// <summary>All values of <paramref name="key"/>, decoded; null, with the reason, if one cannot be decoded.</summary>
    public static string[]? GetAll(ReadOnlySpan<char> query, ReadOnlySpan<char> key, ref string? problem)
    {
        List<string>? values = null;
        foreach (Range part in query.Split('&'))
        {
            ReadOnlySpan<char> pair = query[part];
            int equals = pair.IndexOf('=');
            if (!(equals < 0 ? pair : pair[..equals]).SequenceEqual(key))
            {
                continue;
            }

            if (!PercentText.TryDecodeQuery(equals < 0 ? default : pair[(equals + 1)..], out string? value, out string? why))
            {
                problem = why;
                return null;
            }

            (values ??= []).Add(value);
        }

        return values is null ? [] : [.. values];
    }

    /// <summary>All pairs, decoded, the first value of each key; false, with the reason, if one cannot be decoded.</summary>
    public static bool TryGetPairs(
        ReadOnlySpan<char> query,
        [NotNullWhen(true)] out List<KeyValuePair<string, string>>? pairs,
        [NotNullWhen(false)] out string? problem
    )
    {
        pairs = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Range part in query.Split('&'))
        {
            ReadOnlySpan<char> pair = query[part];
            if (pair.IsEmpty)
            {
                continue;
            }

            int equals = pair.IndexOf('=');
            if (
                !PercentText.TryDecodeQuery(equals < 0 ? pair : pair[..equals], out string? key, out problem)
                || !PercentText.TryDecodeQuery(equals < 0 ? default : pair[(equals + 1)..], out string? value, out problem)
            )
            {
                pairs = null;
                return false;
            }

            if (seen.Add(key))
            {
                pairs.Add(new(key, value));
            }
        }

        problem = null;
        return true;
    }
}
