using Microsoft.Extensions.Primitives;
using Rollcall.Core.Access;

namespace Rollcall.Transports.HttpServer.Routing;

/// <summary>Every endpoint: the one table of which path answers to which methods, and who may ask.</summary>
/// <remarks>Headers that claim another method are not looked at.</remarks>
internal static class Endpoints
{
    public static IReadOnlyList<HttpEndpoint> All { get; } =
    [
        new(RouteKind.Apps, Verbs.Get, RegistryOperation.Read, "read_full", ShowsWhole: true),
        new(RouteKind.Delta, Verbs.Get, RegistryOperation.Read, "read_delta", ShowsWhole: true),
        new(RouteKind.Service, Verbs.Get, RegistryOperation.Read, "read_service", ShowsWhole: true),
        new(RouteKind.Service, Verbs.Post, RegistryOperation.Register, "register", RightScope.Service, TakesBody: true),
        new(RouteKind.Instance, Verbs.Get, RegistryOperation.Read, "read_instance"),
        new(RouteKind.Instance, Verbs.Put, RegistryOperation.Renew, "renew", RightScope.Service),
        new(RouteKind.Instance, Verbs.Delete, RegistryOperation.Cancel, "cancel", RightScope.Service),
        new(RouteKind.InstanceStatus, Verbs.Put, RegistryOperation.SetStatus, "set_status", RightScope.Service),
        new(RouteKind.InstanceStatus, Verbs.Delete, RegistryOperation.SetStatus, "clear_status", RightScope.Service),
        new(RouteKind.InstanceMetadata, Verbs.Put, RegistryOperation.SetMetadata, "set_metadata", RightScope.Service),
        new(RouteKind.InstanceById, Verbs.Get, RegistryOperation.Read, "read_instance"),
        new(RouteKind.Vip, Verbs.Get, RegistryOperation.Read, "read_vip", ShowsWhole: true),
        new(RouteKind.SecureVip, Verbs.Get, RegistryOperation.Read, "read_vip", ShowsWhole: true),
        new(RouteKind.Batch, Verbs.Post, RegistryOperation.Replicate, "replicate", TakesBody: true),
        new(RouteKind.AsgStatus, Verbs.Put, RegistryOperation.SetStatus, HttpMeter.OtherOperation),
        new(RouteKind.ServerStatus, Verbs.Get, RegistryOperation.Read, HttpMeter.OtherOperation),
        new(RouteKind.StatusOverrides, Verbs.Get, RegistryOperation.Read, HttpMeter.OtherOperation),
        new(RouteKind.HomePage, Verbs.Get, RegistryOperation.Read, "page"),
        new(RouteKind.HistoryPage, Verbs.Get, RegistryOperation.Read, "page"),
        new(RouteKind.HealthCheck, Verbs.Get, RegistryOperation.Ping, "health"),
        new(RouteKind.Live, Verbs.Get, RegistryOperation.Ping, "health"),
        new(RouteKind.Ready, Verbs.Get, RegistryOperation.Ping, "health"),
        new(RouteKind.NativeIndex, Verbs.Get, RegistryOperation.Read, "index"),
        new(RouteKind.NativeInstances, Verbs.Get, RegistryOperation.Read, "read_full", ShowsWhole: true),
        new(RouteKind.NativeInstances, Verbs.Post, RegistryOperation.Register, "register", RightScope.Body, TakesBody: true),
        new(RouteKind.NativeInstance, Verbs.Get, RegistryOperation.Read, "read_instance"),
        new(RouteKind.NativeInstance, Verbs.Delete, RegistryOperation.Cancel, "cancel", RightScope.Service),
        new(RouteKind.NativeLease, Verbs.Put, RegistryOperation.Renew, "renew", RightScope.Service),
        new(RouteKind.NativeStatus, Verbs.Put, RegistryOperation.SetStatus, "set_status", RightScope.Service),
        new(RouteKind.NativeStatus, Verbs.Delete, RegistryOperation.SetStatus, "clear_status", RightScope.Service),
        new(RouteKind.NativeMetadata, Verbs.Put, RegistryOperation.SetMetadata, "set_metadata", RightScope.Service, TakesBody: true),
        new(RouteKind.NativeHandle, Verbs.Put, RegistryOperation.Renew, "renew"),
        new(RouteKind.NativeHandles, Verbs.Put, RegistryOperation.Renew, "renew_many", TakesBody: true),
        new(RouteKind.NativeServices, Verbs.Get, RegistryOperation.Read, "read_services", ShowsWhole: true),
        new(RouteKind.NativeAcknowledged, Verbs.Get, RegistryOperation.Read, "read_acknowledged"),
        new(RouteKind.NativeChanges, Verbs.Get, RegistryOperation.Read, "read_delta", ShowsWhole: true),
        new(RouteKind.Watch, Verbs.Get, RegistryOperation.Watch, "watch", ShowsWhole: true),
        new(RouteKind.Acknowledge, Verbs.Post, RegistryOperation.Watch, "acknowledge", TakesBody: true),
        new(RouteKind.Explain, Verbs.Get, RegistryOperation.Read, "explain"),
        new(RouteKind.Guard, Verbs.Get, RegistryOperation.Read, "guard"),
        new(RouteKind.ConfirmLoss, Verbs.Post, RegistryOperation.ConfirmLoss, "guard"),
        new(RouteKind.Regions, Verbs.Get, RegistryOperation.Read, "regions"),
        new(RouteKind.History, Verbs.Get, RegistryOperation.Read, "history"),
        new(RouteKind.Peers, Verbs.Get, RegistryOperation.Read, "peers"),
        new(RouteKind.PeerLane, Verbs.Get, RegistryOperation.Replicate, "peer"),
    ];

    private const int VerbSets = 16; // of four verbs

    private static readonly HttpEndpoint?[] s_byKindAndVerb = ByKindAndVerb();
    private static readonly Verbs[] s_allowed = Allowed();
    private static readonly StringValues[] s_allow = [.. Enumerable.Range(0, VerbSets).Select(set => new StringValues(AllowText((Verbs)set)))];

    /// <summary>The endpoint of a path and one verb; null if the path does not answer to it.</summary>
    public static HttpEndpoint? Of(RouteKind kind, Verbs verb) => s_byKindAndVerb[((int)kind * VerbSets) + (int)verb];

    /// <summary>The verbs that a path answers to.</summary>
    public static Verbs AllowedFor(RouteKind kind) => s_allowed[(int)kind];

    /// <summary>The value of the header Allow.</summary>
    public static StringValues Allow(Verbs verbs) => s_allow[(int)verbs];

    private static HttpEndpoint?[] ByKindAndVerb()
    {
        var table = new HttpEndpoint?[Enum.GetValues<RouteKind>().Length * VerbSets];
        foreach (HttpEndpoint endpoint in All)
        {
            table[((int)endpoint.Kind * VerbSets) + (int)endpoint.Verb] = endpoint;
        }

        return table;
    }

    private static Verbs[] Allowed() =>
        [
            .. Enum.GetValues<RouteKind>()
                .Select(kind => All.Where(endpoint => endpoint.Kind == kind).Aggregate(Verbs.None, (verbs, e) => verbs | e.Verb)),
        ];

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
