using Rollcall.Core.Model;

namespace Rollcall.Hosting.Clustering;

/// <summary>Keeps strangers from filling the log: what was said lately is no news.</summary>
internal sealed class SaidBefore
{
    private const int Max = 64;

    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, MonotonicTime> _saidAt = new(StringComparer.Ordinal); // guarded by _gate

    /// <summary>True if it was not said in the last ten minutes, nor much else.</summary>
    public bool IsNews(string text, MonotonicTime now)
    {
        lock (_gate)
        {
            foreach (string old in _saidAt.Where(said => now - said.Value >= s_quiet).Select(said => said.Key).ToArray())
            {
                _saidAt.Remove(old);
            }

            return _saidAt.Count < Max && _saidAt.TryAdd(text, now);
        }
    }
}
