using System.Globalization;
using Microsoft.Extensions.Primitives;
using Rollcall.Core.Snapshots;

namespace Rollcall.Transports.HttpServer.Documents;

/// <summary>Entity tags: a version of the registry, outside of this process, in one form.</summary>
internal static class EntityTag
{
    /// <summary>A strong tag: node A's version 17 is not node B's, and JSON is not XML.</summary>
    public static string Of(ulong bootEpoch, ulong version, Variant variant)
    {
        char format = variant.Json ? 'j' : 'x';
        char form = variant.Compact ? 'c' : 'f';
        char coding = variant.Coding == DocumentCoding.Gzip ? 'z' : 'p';
        return string.Create(CultureInfo.InvariantCulture, $"\"{bootEpoch:x}-{version:x}-{format}{form}{coding}\"");
    }

    /// <summary>The tag of a document of <c>/v1</c>; a filter is part of the URL.</summary>
    public static string OfNative(ulong bootEpoch, ulong version, DocumentCoding coding) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{bootEpoch:x}-{version:x}-n{(coding == DocumentCoding.Gzip ? 'z' : 'p')}\"");

    /// <summary>
    /// True if an If-None-Match names <paramref name="tag"/>, in a list or as the star; compared weakly (RFC 9110, 13.1.2).
    /// </summary>
    public static bool IsNamedBy(StringValues ifNoneMatch, string tag)
    {
        foreach (string? value in ifNoneMatch)
        {
            foreach (Range part in value.AsSpan().Split(','))
            {
                ReadOnlySpan<char> named = value.AsSpan(part).Trim();
                if (named is "*" || (named.StartsWith("W/") ? named[2..] : named).SequenceEqual(tag))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
