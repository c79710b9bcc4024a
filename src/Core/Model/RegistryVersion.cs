using System.Globalization;

namespace Rollcall.Core.Model;

/// <summary>A version of one registry as the world outside that node knows it: node A's 17 is not node B's.</summary>
/// <param name="Epoch">Boot epoch of the node, random at its start.</param>
/// <param name="Number">The node's version counter: every change has its own, dense from 1.</param>
public readonly record struct RegistryVersion(ulong Epoch, ulong Number)
{
    /// <summary>No version: before everything, of no node.</summary>
    public static RegistryVersion None => default;

    /// <summary><c>epoch-number</c>, the epoch in 16 hexadecimal digits: what URLs and people get.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch:x16}-{Number}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out RegistryVersion version)
    {
        version = default;
        int dash = text.IndexOf('-');
        if (
            dash is < 1 or > 16
            || !ulong.TryParse(text[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong epoch)
            || !ulong.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
        )
        {
            return false;
        }

        version = new RegistryVersion(epoch, number);
        return true;
    }
}
