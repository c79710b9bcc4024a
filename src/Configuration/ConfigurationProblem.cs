namespace Rollcall.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Key">Full configuration key, such as <c>Rollcall:Core:WheelTick</c>, or a flag, such as <c>--node-id</c>.</param>
/// <param name="Value">The text seen; null if there is none.</param>
/// <param name="Text">What is wrong with it, what it may be and the way out, as one sentence.</param>
public sealed record ConfigurationProblem(string Key, string? Value, string Text)
{
    /// <summary>What is wrong with an address, or with several: shown, unless a secret may be in it.</summary>
    public static ConfigurationProblem OfAddress(string key, string address, string text) =>
        // What cannot be taken apart may hold a secret anywhere.
        new(key, address.Contains('@', StringComparison.Ordinal) ? null : address, text);

    /// <inheritdoc/>
    public override string ToString() => Value is null ? $"{Key}: {Text}" : $"{Key} = {Value}: {Text}";
}
