using System.Runtime.CompilerServices;
using Rollcall.Core.Model;

namespace Rollcall.Core.Snapshots;

/// <summary>How many instances have each status, in one version of the registry.</summary>
[InlineArray(5)]
public struct StatusCounts
{
    private int _first;

    /// <summary>Instances with <paramref name="status"/>.</summary>
    public readonly int Of(InstanceStatus status) => this[(int)status];

    /// <summary>All instances.</summary>
    public readonly int Total => this[0] + this[1] + this[2] + this[3] + this[4];

    internal void Add(InstanceStatus status, int delta) => this[(int)status] += delta;
}
