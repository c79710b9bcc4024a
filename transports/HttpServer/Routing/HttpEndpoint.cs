using System.Text;
using Rollcall.Core.Access;

namespace Rollcall.Transports.HttpServer.Routing;

/// <summary>One path and method that is served.</summary>
/// <param name="Kind">The path.</param>
/// <param name="Verb">The method.</param>
/// <param name="Right">What a caller must be allowed to do.</param>
/// <param name="Label">The core's verb: the label of the metrics.</param>
/// <param name="OfService">True if the path names the service that it is done to; else it is done to the registry, or by handle.</param>
/// <param name="TakesBody">True if the handler reads the body, and knows its limit.</param>
internal sealed record HttpEndpoint(
    RouteKind Kind,
    Verbs Verb,
    RegistryOperation Right,
    string Label,
    bool OfService = false,
    bool TakesBody = false
)
{
    /// <summary>Why a caller may not use it; null if it may. <paramref name="service"/> is the one in the path, if the path has one.</summary>
    public AccessRefusal? Refuse(Principal caller, ReadOnlySpan<byte> service) =>
        caller.May(Right) ? null : caller.Refuse(Right, OfService ? Encoding.UTF8.GetString(service) : null);
}
