using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>Records are equal if they are of the same instance.</summary>
internal sealed class SameKey : IEqualityComparer<Instance>
{
    public static readonly SameKey Comparer = new();

    public bool Equals(Instance? x, Instance? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.IdUtf8.SequenceEqual(y.IdUtf8) && x.Service.Equals(y.Service));

    public int GetHashCode(Instance obj)
    {
        var hash = new HashCode();
        hash.AddBytes(obj.IdUtf8);
        return hash.ToHashCode();
    }
}
