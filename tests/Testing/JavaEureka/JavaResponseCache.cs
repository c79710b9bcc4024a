namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>Netflix's ResponseCacheImpl: a cache that is invalidated, below one that is only refreshed every 30 s.</summary>
/// <remarks>So an answer, "not found" included, may be 30 s old. One caller at a time.</remarks>
internal sealed class JavaResponseCache(Func<long> now)
{
    private const long ExpiresMs = 180_000;
    private const long RefreshMs = 30_000;

    private readonly Dictionary<string, (long Made, PlainAnswer Answer)> _readWrite = [];
    private readonly Dictionary<string, PlainAnswer> _readOnly = [];
    private long _refreshed;

    /// <summary>The answer that Java gives to a key.</summary>
    public PlainAnswer Get(string key, Func<PlainAnswer> make)
    {
        if (now() / RefreshMs != _refreshed)
        {
            _refreshed = now() / RefreshMs;
            _readOnly.Clear(); // filled again from below, each when it is asked for
        }

        if (_readOnly.TryGetValue(key, out PlainAnswer? old))
        {
            return old;
        }

        if (!_readWrite.TryGetValue(key, out (long Made, PlainAnswer Answer) held) || now() - held.Made >= ExpiresMs)
        {
            _readWrite[key] = held = (now(), make());
        }

        return _readOnly[key] = held.Answer;
    }

    /// <summary>Something has changed: in Java all that shows it, but for addresses, which stay stale.</summary>
    public void Invalidate()
    {
        foreach (string key in _readWrite.Keys.Where(key => !key.Contains("vips/", StringComparison.Ordinal)).ToArray())
        {
            _readWrite.Remove(key);
        }
    }

    /// <summary>A new process.</summary>
    public void Clear()
    {
        _readWrite.Clear();
        _readOnly.Clear();
    }
}
