using System.Diagnostics.CodeAnalysis;
using Rollcall.Core.Model;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Reads Eureka's XML: registrations.</summary>
public static class EurekaXmlReader
{
    /// <summary>Reads a registration. Never throws for bad input.</summary>
    public static bool TryReadRegistration(
        ReadOnlyMemory<byte> body,
        EurekaLimits limits,
        [NotNullWhen(true)] out Registration? registration,
        [NotNullWhen(false)] out string? problem
    ) => throw new NotImplementedException();
}
