using System.Collections.Immutable;
using Rollcall.Core.Model;

namespace Rollcall.Core.Watching;

/// <summary>What a filter selects by.</summary>
public enum FilterKind : byte
{
    /// <summary>Every instance.</summary>
    All = 0,

    /// <summary>Instances of the services named.</summary>
    Services = 1,

    /// <summary>Instances with one of the virtual addresses named.</summary>
    Vips = 2,

    /// <summary>Instances with one of the virtual addresses for TLS named.</summary>
    SecureVips = 3,
}

/// <summary>Which instances a reader or subscriber wants. Immutable; equal by content.</summary>
public sealed class InstanceFilter : IEquatable<InstanceFilter>
{
    private InstanceFilter(FilterKind kind, ImmutableArray<string> names)
    {
        Kind = kind;
        Names = names;
    }

    /// <summary>Every instance.</summary>
    public static InstanceFilter All { get; } = new(FilterKind.All, []);

    /// <summary>What it selects by.</summary>
    public FilterKind Kind { get; }

    /// <summary>Canonical service names, or virtual addresses as they are; distinct and ordered; empty of <see cref="All"/>.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The instances of these services, their names in any case.</summary>
    /// <exception cref="ArgumentException">No name.</exception>
    public static InstanceFilter Services(params IEnumerable<string> names) =>
        Of(FilterKind.Services, names.Select(ServiceName.Canonical));

    /// <summary>The instances with one of these virtual addresses, compared exactly.</summary>
    /// <exception cref="ArgumentException">No name.</exception>
    public static InstanceFilter Vips(bool secure, params IEnumerable<string> names) =>
        Of(secure ? FilterKind.SecureVips : FilterKind.Vips, names);

    /// <inheritdoc/>
    public bool Equals(InstanceFilter? other) =>
        other is not null && Kind == other.Kind && Names.AsSpan().SequenceEqual(other.Names.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as InstanceFilter);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        foreach (string name in Names)
        {
            hash.Add(name, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => Kind == FilterKind.All ? "all" : $"{Kind}: {string.Join(", ", Names)}";

    private static InstanceFilter Of(FilterKind kind, IEnumerable<string> names)
    {
        ImmutableArray<string> ordered = [.. names.Distinct(StringComparer.Ordinal).Order(Utf8Order.Instance)];
        return ordered.IsEmpty ? throw new ArgumentException("A filter needs at least one name.", nameof(names)) : new(kind, ordered);
    }
}
