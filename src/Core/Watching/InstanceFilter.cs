using System.Collections.Immutable;
using System.Text;
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
    private readonly byte[][] _utf8; // the names, in the same order

    private InstanceFilter(FilterKind kind, ImmutableArray<string> names)
    {
        Kind = kind;
        Names = names;
        _utf8 = [.. names.Select(Encoding.UTF8.GetBytes)];
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

    /// <summary>The instances with one of these virtual addresses, compared exactly; an empty one is nobody's.</summary>
    /// <exception cref="ArgumentException">No name.</exception>
    public static InstanceFilter Vips(bool secure, params IEnumerable<string> names) =>
        Of(secure ? FilterKind.SecureVips : FilterKind.Vips, names);

    /// <summary>True if a record is one of those wanted.</summary>
    public bool Selects(Instance record) =>
        Kind switch
        {
            FilterKind.All => true,
            FilterKind.Services => SelectsService(record.Service),
            _ => SelectsAddresses(record.Utf8(AddressField)),
        };

    /// <summary>True if an instance may come and go while it is registered: its service never changes, its addresses may.</summary>
    internal bool SelectsByAddress => Kind is FilterKind.Vips or FilterKind.SecureVips;

    /// <summary>Of a filter by virtual addresses: where a record has them.</summary>
    internal InstanceText AddressField => Kind == FilterKind.SecureVips ? InstanceText.SecureVips : InstanceText.Vips;

    /// <summary>Of a filter by service: true if the service is named. 0 bytes.</summary>
    internal bool SelectsService(ServiceName service) => HasName(service.Utf8);

    /// <summary>Of a filter by virtual addresses: true if one in <paramref name="list"/>, as an owner sent it, is named. 0 bytes.</summary>
    internal bool SelectsAddresses(ReadOnlySpan<byte> list)
    {
        foreach (Range part in list.Split((byte)','))
        {
            if (!list[part].IsEmpty && HasName(list[part]))
            {
                return true;
            }
        }

        return false;
    }

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

    private bool HasName(ReadOnlySpan<byte> name)
    {
        int from = 0;
        int to = _utf8.Length;
        while (from < to)
        {
            int middle = (from + to) / 2;
            int order = name.SequenceCompareTo(_utf8[middle]);
            if (order == 0)
            {
                return true;
            }

            (from, to) = order < 0 ? (from, middle) : (middle + 1, to);
        }

        return false;
    }

    private static InstanceFilter Of(FilterKind kind, IEnumerable<string> names)
    {
        ImmutableArray<string> ordered = [.. names.Distinct(StringComparer.Ordinal).Order(Utf8Order.Instance)];
        return ordered.IsEmpty ? throw new ArgumentException("A filter needs at least one name.", nameof(names)) : new(kind, ordered);
    }
}
