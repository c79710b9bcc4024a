using System.Globalization;
using System.Text;
using Rollcall.Core.Model;

namespace Rollcall.Core;

/// <summary>The expected ways in which an operation is refused. Each transport maps these, once, to its own codes.</summary>
public enum RegistryErrorCode : byte
{
    /// <summary>No such instance, or its lease has ended.</summary>
    UnknownInstance = 1,

    /// <summary>A handle that was never given out, or whose lease has ended.</summary>
    UnknownHandle = 2,

    /// <summary>A value that is missing, malformed or outside its range.</summary>
    InvalidValue = 3,

    /// <summary>A value that is longer, or a collection that is larger, than the limit.</summary>
    LimitExceeded = 4,

    /// <summary>The registry holds as many instances as it may.</summary>
    RegistryFull = 5,

    /// <summary>The changes since that version are not kept any more: read in full.</summary>
    TooFarBehind = 6,

    /// <summary>The node has just started and does not know the whole yet: ask another, or later.</summary>
    Warming = 7,
}

/// <summary>Why an operation was refused. Nothing was changed.</summary>
/// <param name="Code">For programs.</param>
/// <param name="Message">
/// For people: what was attempted, on what, the value seen, the limit with unit and option, and the way out. Holds what the
/// caller sent, shortened, never a secret.
/// </param>
public sealed record RegistryError(RegistryErrorCode Code, string Message)
{
    /// <summary>Longest piece of a caller's value that is repeated in a message, in characters.</summary>
    private const int ShownCharsMax = 64;

    internal static RegistryError Unknown(string verb, InstanceKey key) =>
        new(
            RegistryErrorCode.UnknownInstance,
            $"Cannot {verb} {Shown(key.ToString())}: no such instance. Register it, or ask explain why it is not there."
        );

    internal static RegistryError Invalid(string what, string problem, string remedy) =>
        new(RegistryErrorCode.InvalidValue, $"{Shown(what)}: {problem}. {remedy}");

    internal static RegistryError TooLarge(string what, string subject, long seen, long limit, string unit, string option) =>
        new(
            RegistryErrorCode.LimitExceeded,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Shown(what)}: {subject} of {seen} {unit} is over {limit} {unit} (RegistryOptions.{option}). Send less."
            )
        );

    internal static RegistryError Full(string what, int limit) =>
        new(
            RegistryErrorCode.RegistryFull,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Shown(what)}: the registry holds {limit} instances (RegistryOptions.InstancesMax). Raise it, or cancel some."
            )
        );

    internal static RegistryError Warming(string why) =>
        new(RegistryErrorCode.Warming, $"Cannot read: this node has just started, and {why}. Ask another node, or again in a second.");

    internal static RegistryError Behind(ulong since, ulong oldest, ulong now) =>
        new(
            RegistryErrorCode.TooFarBehind,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Cannot read changes since version {since}: kept are those after {oldest}, the registry is at {now}. Read in full."
            )
        );

    internal static RegistryError OtherBoot(RegistryVersion since, RegistryVersion now) =>
        new(
            RegistryErrorCode.TooFarBehind,
            since == RegistryVersion.None
                ? $"Cannot read changes since no version: the registry is at {now}. Read in full."
                : $"Cannot read changes since version {since}: it is of another node, or of another run of this one, which is at {now}. Read in full."
        );

    /// <summary>A caller's text made fit for a message: shortened, control characters as dots.</summary>
    public static string Shown(string text, int charsMax = ShownCharsMax)
    {
        var shown = new StringBuilder(Math.Min(text.Length, charsMax) + 1);
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, charsMax)))
        {
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '.' : c);
        }

        return text.Length > charsMax ? shown.Append('…').ToString() : shown.ToString();
    }
}
