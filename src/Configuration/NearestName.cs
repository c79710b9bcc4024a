namespace Rollcall.Configuration;

/// <summary>Finds what somebody probably meant by a name that does not exist.</summary>
public static class NearestName
{
    /// <summary>A closing sentence, with the space before it, naming the candidate nearest to <paramref name="name"/>.</summary>
    /// <remarks>
    /// <para>It asks "Did you mean" if at most a third of the longer name has to be typed anew; case does not count.</para>
    /// <para>Cost: O(candidates x length²); for messages only.</para>
    /// </remarks>
    public static string Hint(string name, IEnumerable<string> candidates, string prefix = "")
    {
        (string nearest, int distance) = candidates
            .Select(candidate => (candidate, Cost(name, candidate)))
            .MinBy(pair => pair.Item2);
        bool isSlip = distance <= Math.Max(name.Length, nearest.Length) / 3;
        return isSlip ? $" Did you mean {prefix}{nearest}?" : $" The nearest is {prefix}{nearest}.";
    }

    /// <summary>A name that was only begun is one slip away.</summary>
    private static int Cost(string name, string candidate) =>
        name.Length >= 3 && candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase) ? 1 : Distance(name, candidate);

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
