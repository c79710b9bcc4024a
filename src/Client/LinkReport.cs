using Rollcall.Core.Seams;

namespace Rollcall.Client;

/// <summary>Which address of a server was taken, and why not those before it.</summary>
/// <param name="Attempts">In the order of the trying; of a link that works the last one has no problem.</param>
public sealed record LinkReport(IReadOnlyList<LinkAttempt> Attempts)
{
    /// <summary>The address that works; null if none does.</summary>
    public string? Reached => Attempts.FirstOrDefault(attempt => attempt.Problem is null)?.Address;

    /// <summary>One line for people.</summary>
    public override string ToString()
    {
        string tried = string.Join("; ", Attempts.Where(attempt => attempt.Problem is not null));
        return (Reached, tried) switch
        {
            (null, _) => $"No address works: {tried}",
            (_, "") => $"{Reached} works",
            _ => $"{Reached} works; before it: {tried}",
        };
    }
}

/// <summary>One address that was tried.</summary>
/// <param name="Address">As it was given.</param>
/// <param name="Problem">Why it does not work; null if it does.</param>
public sealed record LinkAttempt(string Address, LinkException? Problem)
{
    /// <inheritdoc/>
    public override string ToString() => Problem is null ? $"{Address} works" : $"{Address}: {Problem.Message}";
}
