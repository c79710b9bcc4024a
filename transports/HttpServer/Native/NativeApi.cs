using Rollcall.Core;
using Rollcall.Transports.HttpServer.Routing;
using Rollcall.Transports.HttpServer.Watching;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>Rollcall's own API below <c>/v1</c>: which handler answers which endpoint. The specification is <c>V1.md</c>.</summary>
internal sealed class NativeApi(RegistryService registry, NativeDocuments documents, WatchHub hub, HttpServerOptions options)
{
    private readonly NativeReads _reads = new(registry, documents);
    private readonly NativeWrites _writes = new(registry, options);
    private readonly NativeRenewals _renewals = new(registry, options);
    private readonly NativeInsight _insight = new(registry);
    private readonly NativePeers _peers = new(registry);
    private readonly NativeRegions _regions = new(registry);
    private readonly Watches _watches = new(registry, documents, hub, options);

    public Task Dispatch(Exchange exchange, in Route route, Verbs verb)
    {
        switch (route.Kind)
        {
            case RouteKind.NativeInstances when verb == Verbs.Post:
                return _writes.Register(exchange);
            case RouteKind.NativeInstances:
                return _reads.Instances(exchange, route);
            case RouteKind.NativeChanges:
                return _reads.Changes(exchange, route);
            case RouteKind.NativeMetadata:
                return _writes.SetMetadata(exchange, route);
            case RouteKind.NativeHandles:
                return _renewals.RenewMany(exchange);
            case RouteKind.Watch:
                return _watches.Watch(exchange, route);
            case RouteKind.Acknowledge:
                return _watches.Acknowledge(exchange);
            default:
                Answer(exchange, route, verb);
                return Task.CompletedTask;
        }
    }

    private void Answer(Exchange exchange, in Route route, Verbs verb)
    {
        switch (route.Kind, verb)
        {
            case (RouteKind.NativeHandle, _):
                _renewals.RenewByHandle(exchange, route);
                break;
            case (RouteKind.NativeLease, _):
                _renewals.RenewByKey(exchange, route);
                break;
            case (RouteKind.NativeInstance, Verbs.Get):
                _reads.Instance(exchange, route);
                break;
            case (RouteKind.NativeInstance, _):
                _writes.Cancel(exchange, route);
                break;
            case (RouteKind.NativeStatus, Verbs.Put):
                _writes.SetStatus(exchange, route);
                break;
            case (RouteKind.NativeStatus, _):
                _writes.ClearStatus(exchange, route);
                break;
            case (RouteKind.NativeIndex, _):
                _reads.Index(exchange);
                break;
            case (RouteKind.NativeServices, _):
                _reads.Services(exchange);
                break;
            case (RouteKind.NativeAcknowledged, _):
                _reads.Acknowledged(exchange, route);
                break;
            case (RouteKind.Explain, _):
                _insight.Explain(exchange, route);
                break;
            case (RouteKind.Guard, _):
                _insight.Guard(exchange);
                break;
            case (RouteKind.Regions, _):
                _regions.Answer(exchange);
                break;
            case (RouteKind.ConfirmLoss, _):
                _insight.ConfirmLoss(exchange);
                break;
            case (RouteKind.Peers, _):
                _peers.Show(exchange);
                break;
            default:
                _insight.History(exchange);
                break;
        }
    }
}
