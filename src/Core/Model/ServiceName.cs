using System.Text;

namespace Rollcall.Core.Model;

/// <summary>A service's canonical name: upper case, invariant culture. Shared by the instances of the service.</summary>
/// <remarks>Two objects may hold the same name (two first registrations at once), so equality is by bytes, with a fast path by reference.</remarks>
public sealed class ServiceName : IEquatable<ServiceName>
{
    private readonly byte[] _utf8;
    private TextTemplate? _template; // set once, before any record that depends on it

    /// <summary>Makes the canonical name of <paramref name="name"/>, given in any case.</summary>
    public ServiceName(string name)
    {
        Text = Canonical(name);
        _utf8 = Encoding.UTF8.GetBytes(Text);
    }

    /// <summary>The canonical name.</summary>
    public string Text { get; }

    /// <summary>The canonical name as UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The one place that says how service names compare.</summary>
    public static string Canonical(string name) => name.ToUpperInvariant();

    /// <summary>Packs the text of an instance of this service; the first one's becomes what is expected of the others.</summary>
    internal byte[] Pack(byte[] block)
    {
        if (Volatile.Read(ref _template) is null)
        {
            Interlocked.CompareExchange(ref _template, TextTemplate.From(block), null);
        }

        return PackedText.Pack(block, _template!);
    }

    /// <summary>The text that <see cref="Pack"/> packed.</summary>
    internal byte[] Unpack(byte[] packed) => PackedText.Unpack(packed, Volatile.Read(ref _template)!);

    /// <summary>True if <paramref name="other"/>, in any case, names this service.</summary>
    public bool Matches(ReadOnlySpan<byte> other)
    {
        if (other.Length == _utf8.Length && Ascii.IsValid(other))
        {
            return Ascii.EqualsIgnoreCase(other, _utf8);
        }

        // Beyond ASCII upper-casing may change the length: go the slow and certain way.
        return !Ascii.IsValid(other) && Canonical(Encoding.UTF8.GetString(other)) == Text;
    }

    /// <inheritdoc/>
    public bool Equals(ServiceName? other) =>
        ReferenceEquals(this, other) || (other is not null && _utf8.AsSpan().SequenceEqual(other._utf8));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ServiceName);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>Order of the UTF-8 bytes.</summary>
    public int CompareTo(ServiceName other) => ReferenceEquals(this, other) ? 0 : _utf8.AsSpan().SequenceCompareTo(other._utf8);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
