namespace Rollcall.Transports.HttpServer.Routing;

/// <summary>A request target taken apart: on the stack, over the target and the caller's buffer.</summary>
internal readonly ref struct Route
{
    public Route(RouteKind kind, ReadOnlySpan<char> query)
    {
        Kind = kind;
        Query = query;
    }

    /// <summary>What the path names.</summary>
    public RouteKind Kind { get; init; }

    /// <summary>Service, VIP or, by id alone, the id: decoded, valid UTF-8, not empty where the kind has one.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The id, where the kind has service and id: decoded, valid UTF-8, not empty.</summary>
    public ReadOnlySpan<byte> Id { get; init; }

    /// <summary>What stands behind the question mark, not decoded.</summary>
    public ReadOnlySpan<char> Query { get; init; }

    /// <summary>Of <see cref="RouteKind.Malformed"/>: why.</summary>
    public string? Problem { get; init; }
}
