using Rollcall.Transports.Quic;

namespace Rollcall.Transports.Tests.Quic;

/// <summary>A test that needs libmsquic; skipped, with the way to get it, where it is not.</summary>
internal sealed class QuicFactAttribute : FactAttribute
{
    public QuicFactAttribute() => Skip = QuicSupport.Problem;
}
