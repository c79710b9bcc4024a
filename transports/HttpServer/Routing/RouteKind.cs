namespace Rollcall.Transports.HttpServer.Routing;

/// <summary>What a path names.</summary>
internal enum RouteKind : byte
{
    /// <summary>Nothing that is served.</summary>
    Unknown,

    /// <summary>A path that cannot be decoded; <see cref="Route.Problem"/> says why.</summary>
    Malformed,

    /// <summary><c>apps</c>.</summary>
    Apps,

    /// <summary><c>apps/delta</c>.</summary>
    Delta,

    /// <summary><c>apps/{service}</c>.</summary>
    Service,

    /// <summary><c>apps/{service}/{id}</c>.</summary>
    Instance,

    /// <summary><c>apps/{service}/{id}/status</c>.</summary>
    InstanceStatus,

    /// <summary><c>apps/{service}/{id}/metadata</c>.</summary>
    InstanceMetadata,

    /// <summary><c>instances/{id}</c>.</summary>
    InstanceById,

    /// <summary><c>vips/{vip}</c>.</summary>
    Vip,

    /// <summary><c>svips/{vip}</c>.</summary>
    SecureVip,

    /// <summary><c>peerreplication/batch</c>.</summary>
    Batch,

    /// <summary><c>asg/{name}/status</c>.</summary>
    AsgStatus,

    /// <summary><c>status</c>.</summary>
    ServerStatus,

    /// <summary><c>serverinfo/statusoverrides</c>.</summary>
    StatusOverrides,

    /// <summary><c>healthcheck</c>.</summary>
    HealthCheck,

    /// <summary>The page with the services.</summary>
    HomePage,

    /// <summary>The page with the last registrations, cancellations and expiries.</summary>
    HistoryPage,

    /// <summary><c>/v1/explain/{service}/{id}</c>.</summary>
    Explain,

    /// <summary><c>/v1/guard</c>.</summary>
    Guard,

    /// <summary><c>/v1/guard/confirm-loss</c>.</summary>
    ConfirmLoss,

    /// <summary><c>/v1/history</c>.</summary>
    History,

    /// <summary>Anything else below <c>/v1</c>.</summary>
    UnknownNative,

    /// <summary><c>/health/live</c>.</summary>
    Live,

    /// <summary><c>/health/ready</c>.</summary>
    Ready,
}
