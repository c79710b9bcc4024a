namespace Rollcall.Hosting.Configuration;

/// <summary>Finds what somebody probably meant by a name that does not exist.</summary>
public static class NearestName
{
    /// <summary>The candidate nearest to <paramref name="name"/>, case aside; null if none is near enough to be a slip.</summary>
    /// <remarks>
    /// <para>Near enough: at most a third of the longer name would have to be typed anew.</para>
    /// <para>Cost: O(candidates x length²); for messages only.</para>
    /// </remarks>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        (string Candidate, int Distance) best = candidates
            .Select(candidate => (Candidate: candidate, Distance: Distance(name, candidate)))
            .DefaultIfEmpty((Candidate: "", Distance: int.MaxValue))
            .MinBy(pair => pair.Distance);
        return best.Distance <= Math.Max(name.Length, best.Candidate.Length) / 3 ? best.Candidate : null;
    }

    /// <summary>A closing sentence, with the space before it: <c> Did you mean X?</c>; empty if nothing is near.</summary>
    public static string Hint(string name, IEnumerable<string> candidates, string prefix = "") =>
        Of(name, candidates) is { } nearest ? $" Did you mean {prefix}{nearest}?" : "";

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours (Damerau's distance, restricted).</summary>
    private static int Distance(string left, string right)
    {
        string a = left.ToUpperInvariant();
        string b = right.ToUpperInvariant();
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            cost[i, 0] = i;
        }

        for (int j = 0; j <= b.Length; j++)
        {
            cost[0, j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int substitute = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(substitute, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[a.Length, b.Length];
    }
}
