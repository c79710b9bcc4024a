namespace Rollcall.Transports.HttpServer.Routing;

/// <summary>The core's verb for a route and a method: the label of the metrics.</summary>
internal static class Operations
{
    public static string Of(RouteKind kind, Verbs verb) =>
        kind switch
        {
            RouteKind.Apps => "read_full",
            RouteKind.Delta => "read_delta",
            RouteKind.Service => verb == Verbs.Post ? "register" : "read_service",
            RouteKind.Instance => OfInstance(verb),
            RouteKind.InstanceById => "read_instance",
            RouteKind.InstanceStatus => verb == Verbs.Put ? "set_status" : "clear_status",
            RouteKind.InstanceMetadata => "set_metadata",
            RouteKind.Vip or RouteKind.SecureVip => "read_vip",
            RouteKind.Batch => "replicate",
            RouteKind.Explain => "explain",
            RouteKind.Guard or RouteKind.ConfirmLoss => "guard",
            RouteKind.History => "history",
            RouteKind.HomePage or RouteKind.HistoryPage => "page",
            RouteKind.Live or RouteKind.Ready or RouteKind.HealthCheck => "health",
            _ => HttpMeter.OtherOperation,
        };

    private static string OfInstance(Verbs verb) =>
        verb switch
        {
            Verbs.Put => "renew",
            Verbs.Delete => "cancel",
            _ => "read_instance",
        };
}
