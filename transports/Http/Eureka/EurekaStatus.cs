using Rollcall.Core.Model;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Eureka's names of the statuses.</summary>
public static class EurekaStatus
{
    /// <summary>The status of an exact name such as <c>OUT_OF_SERVICE</c>, compared with case; false if it is none.</summary>
    public static bool TryParseExact(ReadOnlySpan<char> text, out InstanceStatus status)
    {
        for (status = InstanceStatus.Up; status <= InstanceStatus.Unknown; status++)
        {
            if (text.SequenceEqual(Text(status)))
            {
                return true;
            }
        }

        status = InstanceStatus.Unknown;
        return false;
    }

    /// <summary>The name as text.</summary>
    public static string Text(InstanceStatus status) =>
        status switch
        {
            InstanceStatus.Up => "UP",
            InstanceStatus.Down => "DOWN",
            InstanceStatus.Starting => "STARTING",
            InstanceStatus.OutOfService => "OUT_OF_SERVICE",
            _ => "UNKNOWN",
        };

    /// <summary>The name as UTF-8.</summary>
    public static ReadOnlySpan<byte> Utf8(InstanceStatus status) =>
        status switch
        {
            InstanceStatus.Up => "UP"u8,
            InstanceStatus.Down => "DOWN"u8,
            InstanceStatus.Starting => "STARTING"u8,
            InstanceStatus.OutOfService => "OUT_OF_SERVICE"u8,
            _ => "UNKNOWN"u8,
        };
}
