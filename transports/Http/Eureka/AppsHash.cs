using System.Globalization;
using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Eureka's hash of a registry: <c>DOWN_1_UP_20_</c>, by name of the status, those without instances left out.</summary>
public static class AppsHash
{
    private static readonly InstanceStatus[] s_byName =
    [
        InstanceStatus.Down,
        InstanceStatus.OutOfService,
        InstanceStatus.Starting,
        InstanceStatus.Unknown,
        InstanceStatus.Up,
    ];

    /// <summary>The hash of a registry with these counts; empty for an empty one.</summary>
    public static string Of(in StatusCounts counts)
    {
        Span<int> byStatus = stackalloc int[s_byName.Length];
        foreach (InstanceStatus status in s_byName)
        {
            byStatus[(int)status] = counts.Of(status);
        }

        return OfCounts(byStatus);
    }

    /// <summary>The same, of counts by the number of the status.</summary>
    public static string OfCounts(ReadOnlySpan<int> counts)
    {
        var hash = new StringBuilder();
        foreach (InstanceStatus status in s_byName)
        {
            int count = counts[(int)status];
            if (count > 0)
            {
                hash.Append(CultureInfo.InvariantCulture, $"{EurekaStatus.Text(status)}_{count}_");
            }
        }

        return hash.ToString();
    }
}
