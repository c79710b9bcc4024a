using Microsoft.Extensions.Primitives;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer;

/// <summary>Which path answers to which methods. Headers that claim another method are not looked at.</summary>
internal static class VerbTable
{
    public const string Head = "HEAD";

    private static readonly StringValues[] s_allow =
    [
        .. Enumerable.Range(0, 16).Select(set => new StringValues(AllowText((Verbs)set))),
    ];

    /// <summary>The verb of a method, whose case counts (RFC 9110, 9.1).</summary>
    public static Verbs Of(string method) =>
        method switch
        {
            "PUT" => Verbs.Put,
            "GET" or Head => Verbs.Get,
            "POST" => Verbs.Post,
            "DELETE" => Verbs.Delete,
            _ => Verbs.None,
        };

    public static Verbs AllowedFor(RouteKind kind) =>
        kind switch
        {
            RouteKind.Service => Verbs.Get | Verbs.Post,
            RouteKind.Instance => Verbs.Get | Verbs.Put | Verbs.Delete,
            RouteKind.InstanceStatus => Verbs.Put | Verbs.Delete,
            RouteKind.InstanceMetadata or RouteKind.AsgStatus => Verbs.Put,
            RouteKind.Batch or RouteKind.ConfirmLoss => Verbs.Post,
            _ => Verbs.Get,
        };

    /// <summary>The value of the header Allow.</summary>
    public static StringValues Allow(Verbs verbs) => s_allow[(int)verbs];

    private static string AllowText(Verbs verbs)
    {
        var names = new List<string>();
        if (verbs.HasFlag(Verbs.Get))
        {
            names.Add("GET, HEAD");
        }

        names.AddRange(
            new[] { Verbs.Post, Verbs.Put, Verbs.Delete }
                .Where(v => verbs.HasFlag(v))
                .Select(v => v.ToString().ToUpperInvariant())
        );
        return string.Join(", ", names);
    }
}
