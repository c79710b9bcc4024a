namespace Rollcall.Client.Catalogues;

/// <summary>Decides whether instances that have left a service are believed to be gone.</summary>
/// <remarks>
/// <para>
/// A registry that restarts, or is cut off from the owners of instances, hands out lists that are empty or nearly so; believed, they
/// wipe the callers' view. But an instance that was cancelled is gone, be it the last one: a list that can never become empty is as
/// wrong. So what counts is why an instance left, and how many would be left.
/// </para>
/// <para>What it holds is held for <see cref="ClientOptions.HoldVanished"/> of contact with the registry, and no longer.</para>
/// </remarks>
internal static class EmptyListGuard
{
    /// <summary>True if a cause says by itself that the instance is gone.</summary>
    public static bool IsWord(VanishCause cause) => cause is VanishCause.Cancelled or VanishCause.LossAccepted;

    /// <summary>True if the instances of a service that left without a word are to be kept for a while.</summary>
    /// <param name="left">Instances that are up and that the registry has.</param>
    /// <param name="wordless">Instances that were up and left without a word, those held already counted.</param>
    /// <param name="shareMin"><see cref="ClientOptions.HoldShareMin"/>.</param>
    public static bool Holds(int left, int wordless, double shareMin) =>
        wordless > 0 && (left == 0 || left < shareMin * (left + wordless));
}
