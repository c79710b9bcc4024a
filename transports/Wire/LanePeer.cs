using Rollcall.Core.Access;

namespace Rollcall.Transports.Wire;

/// <summary>Who is at the other end of a lane, as far as its adapter knows.</summary>
/// <param name="Transport">The adapter: <c>tcp</c>, <c>quic</c>.</param>
/// <param name="Remote">Address of the other end, for logs.</param>
/// <param name="ByCertificate">Who its certificate names; null if it showed none.</param>
public sealed record LanePeer(string Transport, string Remote, Principal? ByCertificate);
