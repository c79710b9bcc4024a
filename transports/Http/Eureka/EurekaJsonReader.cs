using System.Diagnostics.CodeAnalysis;
using Rollcall.Core.Model;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Reads Eureka's JSON: registrations and replication batches.</summary>
public static class EurekaJsonReader
{
    /// <summary>Reads a registration, wrapped in <c>instance</c> or bare. Never throws for bad input.</summary>
    public static bool TryReadRegistration(
        ReadOnlySpan<byte> body,
        EurekaLimits limits,
        [NotNullWhen(true)] out Registration? registration,
        [NotNullWhen(false)] out string? problem
    ) => throw new NotImplementedException();

    /// <summary>Reads a replication batch. Never throws for bad input.</summary>
    public static bool TryReadBatch(
        ReadOnlySpan<byte> body,
        EurekaLimits limits,
        [NotNullWhen(true)] out IReadOnlyList<ReplicationItem>? items,
        [NotNullWhen(false)] out string? problem
    ) => throw new NotImplementedException();
}
