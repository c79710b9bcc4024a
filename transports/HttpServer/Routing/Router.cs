using System.Runtime.CompilerServices;

namespace Rollcall.Transports.HttpServer.Routing;

/// <summary>Takes request targets apart. Pure: no state, no I/O, no allocation.</summary>
/// <remarks>
/// <para>
/// R1 A path is split at its raw slashes, empty segments are dropped (double and trailing slashes), and each segment is then
/// decoded exactly once. So <c>%2F</c> is part of an id, and <c>.</c> and <c>..</c> are names like any other.
/// </para>
/// <para>
/// R2 Eureka's paths are served below <c>/eureka</c>, <c>/eureka/v2</c>, <c>/v2</c> and nothing; ours only below nothing.
/// </para>
/// <para>R3 <c>apps/delta</c> is the delta, never a service.</para>
/// </remarks>
internal static class Router
{
    /// <summary>The longest path, <c>eureka/v2/apps/{service}/{id}/status</c>.</summary>
    private const int SegmentsMax = 6;

    /// <summary>
    /// Takes <paramref name="target"/> apart, decoding into <paramref name="buffer"/>, which is at least as long.
    /// </summary>
    public static Route Read(ReadOnlySpan<char> target, Span<byte> buffer)
    {
        ReadOnlySpan<char> path = PathOf(target, out ReadOnlySpan<char> query);
        var segments = default(Segments);
        string? problem = Split(path, buffer, ref segments, out int count);
        if (problem is not null)
        {
            return new Route(RouteKind.Malformed, query) { Problem = problem };
        }

        return count <= SegmentsMax ? Match(new Path(buffer, segments, 0, count), query) : new Route(RouteKind.Unknown, query);
    }

    /// <summary>The path of a target in origin form, or in absolute form (RFC 9112, 3.2.2: a server must accept it).</summary>
    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target, out ReadOnlySpan<char> query)
    {
        int question = target.IndexOf('?');
        ReadOnlySpan<char> path = question < 0 ? target : target[..question];
        query = question < 0 ? default : target[(question + 1)..];
        int authority = path.IndexOf("://") + "://".Length;
        if (path.StartsWith("http", StringComparison.OrdinalIgnoreCase) && authority is 7 or 8)
        {
            path = path[authority..];
            int slash = path.IndexOf('/');
            path = slash < 0 ? default : path[slash..];
        }

        return path;
    }

    /// <summary>
    /// Splits and decodes; <paramref name="count"/> may be one more than there is room for, and the rest is then not read.
    /// </summary>
    private static string? Split(ReadOnlySpan<char> path, Span<byte> buffer, ref Segments segments, out int count)
    {
        count = 0;
        int used = 0;
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf('/');
            ReadOnlySpan<char> segment = slash < 0 ? path : path[..slash];
            path = slash < 0 ? default : path[(slash + 1)..];
            if (segment.IsEmpty)
            {
                continue;
            }

            if (PercentText.Decode(segment, plusIsSpace: false, buffer[used..], out int length) is { } problem)
            {
                return problem;
            }

            if (count == SegmentsMax)
            {
                count++;
                return null;
            }

            segments[count++] = new Range(used, used + length);
            used += length;
        }

        return null;
    }

    private static Route Match(scoped in Path path, ReadOnlySpan<char> query)
    {
        if (path.Is(0, "v1"u8))
        {
            return MatchNative(path.From(1), query);
        }

        if (path.Count == 2 && path.Is(0, "health"u8))
        {
            RouteKind health =
                path.Is(1, "live"u8) ? RouteKind.Live
                : path.Is(1, "ready"u8) ? RouteKind.Ready
                : RouteKind.Unknown;
            return new Route(health, query);
        }

        int prefix = path.Is(0, "eureka"u8) ? 1 : 0;
        prefix += path.Is(prefix, "v2"u8) ? 1 : 0;
        return MatchEureka(path.From(prefix), query);
    }

    private static Route MatchNative(scoped in Path path, ReadOnlySpan<char> query)
    {
        if (path.Is(0, "instances"u8) && path.Count > 1)
        {
            return MatchNativeInstance(path.From(1), query);
        }

        return path.Count switch
        {
            0 => new Route(RouteKind.NativeIndex, query),
            1 when path.Is(0, "instances"u8) => new Route(RouteKind.NativeInstances, query),
            1 when path.Is(0, "leases"u8) => new Route(RouteKind.NativeHandles, query),
            2 when path.Is(0, "leases"u8) => new Route(RouteKind.NativeHandle, query) { Name = path[1] },
            1 when path.Is(0, "services"u8) => new Route(RouteKind.NativeServices, query),
            3 when path.Is(0, "services"u8) && path.Is(2, "acknowledged"u8) => new Route(RouteKind.NativeAcknowledged, query)
            {
                Name = path[1],
            },
            1 when path.Is(0, "changes"u8) => new Route(RouteKind.NativeChanges, query),
            1 when path.Is(0, "watch"u8) => new Route(RouteKind.Watch, query),
            1 when path.Is(0, "acknowledge"u8) => new Route(RouteKind.Acknowledge, query),
            3 when path.Is(0, "explain"u8) => new Route(RouteKind.Explain, query) { Name = path[1], Id = path[2] },
            1 when path.Is(0, "guard"u8) => new Route(RouteKind.Guard, query),
            2 when path.Is(0, "guard"u8) && path.Is(1, "confirm-loss"u8) => new Route(RouteKind.ConfirmLoss, query),
            1 when path.Is(0, "regions"u8) => new Route(RouteKind.Regions, query),
            1 when path.Is(0, "history"u8) => new Route(RouteKind.History, query),
            1 when path.Is(0, "peers"u8) => new Route(RouteKind.Peers, query),
            1 when path.Is(0, "peer"u8) => new Route(RouteKind.PeerLane, query),
            _ => new Route(RouteKind.UnknownNative, query),
        };
    }

    private static Route MatchNativeInstance(scoped in Path path, ReadOnlySpan<char> query) =>
        path.Count switch
        {
            2 => new Route(RouteKind.NativeInstance, query) { Name = path[0], Id = path[1] },
            3 when path.Is(2, "lease"u8) => new Route(RouteKind.NativeLease, query) { Name = path[0], Id = path[1] },
            3 when path.Is(2, "status"u8) => new Route(RouteKind.NativeStatus, query) { Name = path[0], Id = path[1] },
            3 when path.Is(2, "metadata"u8) => new Route(RouteKind.NativeMetadata, query) { Name = path[0], Id = path[1] },
            _ => new Route(RouteKind.UnknownNative, query),
        };

    private static Route MatchEureka(scoped in Path path, ReadOnlySpan<char> query)
    {
        if (path.Is(0, "apps"u8))
        {
            return MatchApps(path.From(1), query);
        }

        return path.Count switch
        {
            0 => new Route(RouteKind.HomePage, query),
            1 when path.Is(0, "status"u8) => new Route(RouteKind.ServerStatus, query),
            1 when path.Is(0, "lastn"u8) => new Route(RouteKind.HistoryPage, query),
            1 when path.Is(0, "healthcheck"u8) => new Route(RouteKind.HealthCheck, query),
            2 when path.Is(0, "instances"u8) => new Route(RouteKind.InstanceById, query) { Name = path[1] },
            2 when path.Is(0, "vips"u8) => new Route(RouteKind.Vip, query) { Name = path[1] },
            2 when path.Is(0, "svips"u8) => new Route(RouteKind.SecureVip, query) { Name = path[1] },
            2 when path.Is(0, "peerreplication"u8) && path.Is(1, "batch"u8) => new Route(RouteKind.Batch, query),
            2 when path.Is(0, "serverinfo"u8) && path.Is(1, "statusoverrides"u8) => new Route(RouteKind.StatusOverrides, query),
            2 when path.Is(0, "jsp"u8) && path.Is(1, "status.jsp"u8) => new Route(RouteKind.HomePage, query),
            2 when path.Is(0, "jsp"u8) && path.Is(1, "lastN.jsp"u8) => new Route(RouteKind.HistoryPage, query),
            3 when path.Is(0, "asg"u8) && path.Is(2, "status"u8) => new Route(RouteKind.AsgStatus, query) { Name = path[1] },
            _ => new Route(RouteKind.Unknown, query),
        };
    }

    private static Route MatchApps(scoped in Path path, ReadOnlySpan<char> query) =>
        path.Count switch
        {
            0 => new Route(RouteKind.Apps, query),
            1 when path.Is(0, "delta"u8) => new Route(RouteKind.Delta, query),
            1 => new Route(RouteKind.Service, query) { Name = path[0] },
            2 => new Route(RouteKind.Instance, query) { Name = path[0], Id = path[1] },
            3 when path.Is(2, "status"u8) => new Route(RouteKind.InstanceStatus, query) { Name = path[0], Id = path[1] },
            3 when path.Is(2, "metadata"u8) => new Route(RouteKind.InstanceMetadata, query) { Name = path[0], Id = path[1] },
            _ => new Route(RouteKind.Unknown, query),
        };

    /// <summary>Decoded segments over one buffer, from the <paramref name="first"/> on.</summary>
    private readonly ref struct Path(ReadOnlySpan<byte> bytes, Segments segments, int first, int end)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private readonly Segments _segments = segments;

        public int Count => end - first;

        public ReadOnlySpan<byte> this[int index] => _bytes[_segments[first + index]];

        public bool Is(int index, ReadOnlySpan<byte> literal) => index < Count && this[index].SequenceEqual(literal);

        public Path From(int index) => new(_bytes, _segments, first + index, end);
    }

    [InlineArray(SegmentsMax)]
    private struct Segments
    {
        private Range _first;
    }
}
