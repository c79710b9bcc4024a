using System.Globalization;
using Microsoft.Extensions.Primitives;
using Rollcall.Core.Snapshots;

namespace Rollcall.Transports.HttpServer.Documents;

/// <summary>Entity tags: a version of the registry, outside of this process, in one form.</summary>
internal static class EntityTag
{
    /// <summary>A strong tag: node A's version 17 is not node B's, and JSON is not XML.</summary>
    /// <param name="bootEpoch">Of this node.</param>
    /// <param name="version">Of what is shown.</param>
    /// <param name="variant">The form.</param>
    /// <param name="scope">What it is a version of, if not of this registry: names of regions; letters, digits, <c>.</c>, <c>,</c>, <c>-</c>.</param>
    public static string Of(ulong bootEpoch, ulong version, Variant variant, string scope = "")
    {
        char format = variant.Json ? 'j' : 'x';
        char form = variant.Compact ? 'c' : 'f';
        char coding = variant.Coding == DocumentCoding.Gzip ? 'z' : 'p';
        return string.Create(CultureInfo.InvariantCulture, $"\"{bootEpoch:x}-{version:x}-{format}{form}{coding}{(scope.Length == 0 ? "" : "-")}{scope}\"");
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
