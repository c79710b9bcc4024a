using System.Text;
using Rollcall.Core.Access;

namespace Rollcall.Transports.HttpServer.Routing;

/// <summary>What the right to an endpoint is measured against.</summary>
internal enum RightScope : byte
{
    /// <summary>The registry; of a renewal, the handles in it.</summary>
    Registry,

    /// <summary>The service named in the path.</summary>
    Service,

    /// <summary>The service named in the body: the handler asks, once it has read it.</summary>
    Body,
}

/// <summary>One path and method that is served.</summary>
/// <param name="Kind">The path.</param>
/// <param name="Verb">The method.</param>
/// <param name="Right">What a caller must be allowed to do.</param>
/// <param name="Label">The core's verb: the label of the metrics.</param>
/// <param name="Scope">What the right is measured against.</param>
/// <param name="TakesBody">True if the handler reads the body, and knows its limit.</param>
/// <param name="ShowsWhole">True if it needs a node that knows the whole: one that warms up does not answer.</param>
internal sealed record HttpEndpoint(
    RouteKind Kind,
    Verbs Verb,
    RegistryOperation Right,
    string Label,
    RightScope Scope = RightScope.Registry,
    bool TakesBody = false,
    bool ShowsWhole = false
)
{
    /// <summary>Why a caller may not use it; null if it may, or if the handler is to ask. <paramref name="service"/> is the one in the path, if it has one.</summary>
    public AccessRefusal? Refuse(Principal caller, ReadOnlySpan<byte> service)
    {
        if (caller.May(Right))
        {
            return null;
        }

        return Scope switch
        {
            RightScope.Service => caller.Refuse(Right, Encoding.UTF8.GetString(service)),
            RightScope.Body when caller.Roles != AccessRoles.None => null,
            _ => caller.Refuse(Right),
        };
    }
}
