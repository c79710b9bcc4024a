using Microsoft.AspNetCore.Http;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Transports.HttpServer.Access;
using Rollcall.Transports.HttpServer.Documents;
using Rollcall.Transports.HttpServer.Handlers;
using Rollcall.Transports.HttpServer.Native;
using Rollcall.Transports.HttpServer.Routing;
using Rollcall.Transports.HttpServer.Upgrading;

namespace Rollcall.Transports.HttpServer;

/// <summary>Which handler answers which route.</summary>
/// <remarks>
/// A handler that may wait gives a task and copies what it needs out of the route, which lives on the caller's stack.
/// </remarks>
internal sealed class Dispatcher
{
    private const string CrossOrigin = "A page of another origin may not write here.";
    private const string BodyTooLong = "The declared body is over the limit, and nothing reads it here. Send none.";
    private const string TwoLengths = "Content-Length and Transfer-Encoding must not both be sent.";

    private readonly HttpServerOptions _options;
    private readonly Gate _gate;
    private readonly Reads _reads;
    private readonly Renewals _renewals;
    private readonly Writes _writes;
    private readonly Replication _replication;
    private readonly NativeApi _native;
    private readonly ServerStatus _serverStatus;
    private readonly PageHandlers _pages;
    private readonly PeerUpgrade _upgrade;
    private readonly RegistryService _registry;

    public Dispatcher(
        RegistryService registry,
        DocumentSources sources,
        NativeApi native,
        PeerUpgrade upgrade,
        AccessPolicy access,
        HttpServerOptions options
    )
    {
        _registry = registry;
        _upgrade = upgrade;
        _options = options;
        _gate = new Gate(access);
        _reads = new Reads(registry, sources);
        _renewals = new Renewals(registry, _reads);
        _writes = new Writes(registry, options);
        _replication = new Replication(registry, options);
        _native = native;
        _serverStatus = new ServerStatus(registry);
        _pages = new PageHandlers(registry);
    }

    public Task Dispatch(Exchange exchange, in Route route)
    {
        exchange.IsNative =
            route.Kind.IsNative()
            || (route.Kind == RouteKind.Malformed && exchange.Target.StartsWith("/v1/", StringComparison.Ordinal));
        Verbs verb = Methods.VerbOf(exchange.Method);
        HttpEndpoint? endpoint = Endpoints.Of(route.Kind, verb);
        if (IsRefused(exchange, route, verb, endpoint))
        {
            return Task.CompletedTask;
        }

        exchange.Operation = endpoint!.Label;
        if (!_gate.Admits(exchange, endpoint, route.Name, out AccessRefusal? refusal))
        {
            if (route.Kind == RouteKind.PeerLane)
            {
                _registry.Cluster?.TurnedAway?.Invoke($"http://{exchange.Remote}", refusal.Message);
            }

            return Task.CompletedTask;
        }

        if (endpoint.ShowsWhole && _registry.Warming is { } warming)
        {
            ErrorMap.Answer(exchange, warming);
            return Task.CompletedTask;
        }

        if (route.Kind == RouteKind.PeerLane)
        {
            return _upgrade.Serve(exchange, exchange.Upgrade);
        }

        if (exchange.IsNative)
        {
            return _native.Dispatch(exchange, route, verb);
        }

        return verb switch
        {
            Verbs.Put => Put(exchange, route),
            Verbs.Get => Get(exchange, route),
            Verbs.Post => Post(exchange, route),
            _ => Delete(exchange, route),
        };
    }

    /// <summary>
    /// Answers what no handler needs to see: paths that are none, methods that do not fit, requests that smell.
    /// </summary>
    private bool IsRefused(Exchange exchange, in Route route, Verbs verb, HttpEndpoint? endpoint)
    {
        if (Smuggling.IsSuspected(exchange.RequestHeaders))
        {
            RefuseAndClose(exchange, verb, StatusCodes.Status400BadRequest, TwoLengths);
        }
        else if (route.Kind == RouteKind.Malformed)
        {
            RefuseAndClose(exchange, verb, StatusCodes.Status400BadRequest, $"The path cannot be decoded: {route.Problem}.");
        }
        else if (route.Kind == RouteKind.Unknown)
        {
            exchange.NotFound("Nothing is served here: this is neither a path of Eureka nor of Rollcall.");
        }
        else if (route.Kind == RouteKind.UnknownNative)
        {
            exchange.NotFound("Nothing is served here. GET /v1 lists what is.");
        }
        else if (endpoint is null)
        {
            exchange.Headers.Allow = Endpoints.Allow(Endpoints.AllowedFor(route.Kind));
            exchange.Refuse(StatusCodes.Status405MethodNotAllowed, $"This path answers to {exchange.Headers.Allow} only.");
        }
        else if (verb == Verbs.Post && CrossSite.IsSuspected(exchange.RequestHeaders))
        {
            RefuseAndClose(exchange, verb, StatusCodes.Status403Forbidden, CrossOrigin);
        }
        else if (!endpoint.TakesBody && exchange.RequestHeaders.ContentLength > _options.BodyBytesMax)
        {
            RefuseAndClose(exchange, verb, StatusCodes.Status413PayloadTooLarge, BodyTooLong);
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>A PUT is most likely a heartbeat, and Eureka's get no bodies.</summary>
    private static void RefuseAndClose(Exchange exchange, Verbs verb, int status, string reason)
    {
        if (verb == Verbs.Put && !exchange.IsNative)
        {
            exchange.Headers.Connection = Names.Close;
            exchange.AnswerEmpty(status, Reason.ForHeader(reason));
        }
        else
        {
            exchange.RefuseAndClose(status, reason);
        }
    }

    private Task Put(Exchange exchange, in Route route)
    {
        switch (route.Kind)
        {
            case RouteKind.Instance:
                _renewals.Renew(exchange, route);
                break;
            case RouteKind.InstanceStatus:
                _writes.SetStatus(exchange, route);
                break;
            case RouteKind.InstanceMetadata:
                _writes.SetMetadata(exchange, route);
                break;
            default:
                Writes.SetAsgStatus(exchange);
                break;
        }

        return Task.CompletedTask;
    }

    private Task Delete(Exchange exchange, in Route route)
    {
        if (route.Kind == RouteKind.Instance)
        {
            _writes.Cancel(exchange, route);
        }
        else
        {
            _writes.ClearStatus(exchange, route);
        }

        return Task.CompletedTask;
    }

    private Task Post(Exchange exchange, in Route route) =>
        route.Kind == RouteKind.Batch ? _replication.ReplicateAsync(exchange) : _writes.Register(exchange, route);

    private Task Get(Exchange exchange, in Route route)
    {
        switch (route.Kind)
        {
            case RouteKind.Apps:
                return _reads.Full(exchange, route);
            case RouteKind.Delta:
                return _reads.Delta(exchange, route);
            case RouteKind.Service:
                return _reads.Service(exchange, route);
            case RouteKind.Vip:
                return _reads.Vip(exchange, route, secure: false);
            case RouteKind.SecureVip:
                return _reads.Vip(exchange, route, secure: true);
            default:
                GetSmall(exchange, route);
                return Task.CompletedTask;
        }
    }

    private void GetSmall(Exchange exchange, in Route route)
    {
        switch (route.Kind)
        {
            case RouteKind.Instance:
                _reads.Instance(exchange, route);
                break;
            case RouteKind.InstanceById:
                _reads.InstanceById(exchange, route);
                break;
            case RouteKind.ServerStatus:
                _serverStatus.Status(exchange);
                break;
            case RouteKind.StatusOverrides:
                _serverStatus.Overrides(exchange);
                break;
            case RouteKind.HealthCheck:
                exchange.Answer(StatusCodes.Status200OK);
                break;
            case RouteKind.HomePage:
                _pages.Home(exchange);
                break;
            case RouteKind.HistoryPage:
                _pages.History(exchange);
                break;
            default:
                Health.Answer(exchange, route.Kind == RouteKind.Ready ? _registry.Warming : null);
                break;
        }
    }
}
