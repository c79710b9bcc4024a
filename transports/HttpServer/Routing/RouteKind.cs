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

    /// <summary><c>/health/live</c>.</summary>
    Live,

    /// <summary><c>/health/ready</c>.</summary>
    Ready,

    /// <summary><c>/v1</c>. All that follow are below it.</summary>
    NativeIndex,

    /// <summary><c>/v1/instances</c>.</summary>
    NativeInstances,

    /// <summary><c>/v1/instances/{service}/{id}</c>.</summary>
    NativeInstance,

    /// <summary><c>/v1/instances/{service}/{id}/lease</c>.</summary>
    NativeLease,

    /// <summary><c>/v1/instances/{service}/{id}/status</c>.</summary>
    NativeStatus,

    /// <summary><c>/v1/instances/{service}/{id}/metadata</c>.</summary>
    NativeMetadata,

    /// <summary><c>/v1/leases</c>.</summary>
    NativeHandles,

    /// <summary><c>/v1/leases/{handle}</c>.</summary>
    NativeHandle,

    /// <summary><c>/v1/services</c>.</summary>
    NativeServices,

    /// <summary><c>/v1/services/{service}/acknowledged</c>.</summary>
    NativeAcknowledged,

    /// <summary><c>/v1/changes</c>.</summary>
    NativeChanges,

    /// <summary><c>/v1/watch</c>.</summary>
    Watch,

    /// <summary><c>/v1/acknowledge</c>.</summary>
    Acknowledge,

    /// <summary><c>/v1/explain/{service}/{id}</c>.</summary>
    Explain,

    /// <summary><c>/v1/guard</c>.</summary>
    Guard,

    /// <summary><c>/v1/guard/confirm-loss</c>.</summary>
    ConfirmLoss,

    /// <summary><c>/v1/regions</c>.</summary>
    Regions,

    /// <summary><c>/v1/history</c>.</summary>
    History,

    /// <summary><c>/v1/peers</c>.</summary>
    Peers,

    /// <summary><c>/v1/peer</c>.</summary>
    PeerLane,

    /// <summary>Anything else below <c>/v1</c>.</summary>
    UnknownNative,
}

/// <summary>Tells Rollcall's own paths from Eureka's.</summary>
internal static class RouteKinds
{
    /// <summary>True of what is below <c>/v1</c>.</summary>
    public static bool IsNative(this RouteKind kind) => kind >= RouteKind.NativeIndex;
}
