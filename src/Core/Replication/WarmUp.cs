using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>Decides when a starting node may be believed to know the whole.</summary>
/// <remarks>
/// <para>Owner: <see cref="ClusterNode"/>. Once warm, always warm.</para>
/// <para>
/// It is warm when it has all that one warm peer had at the moment of its hello: the version of that moment, so that steady change
/// does not hold it back. A peer that is itself starting proves nothing; when all start at once, all wait for
/// <see cref="ClusterOptions.WarmUpMax"/>, in which owners come back.
/// </para>
/// </remarks>
internal sealed class WarmUp
{
    private readonly ClusterOptions _options;
    private readonly MonotonicTime _started;

    public WarmUp(ClusterOptions options, bool expectsPeers, MonotonicTime now)
    {
        _options = options;
        _started = now;
        bool closed = expectsPeers && options.WarmUpMax > TimeSpan.Zero && !options.Faults.HasFlag(PlantedFaults.ReadsOpenAtOnce);
        Refusal = closed
            ? RegistryError.Warming($"it is catching up with its peers, for {DurationText.Show(options.WarmUpMax)} at most")
            : null;
    }

    /// <summary>Why reads are refused; null: they are served.</summary>
    public RegistryError? Refusal { get; private set; }

    /// <summary>There is nobody to wait for.</summary>
    public void Open() => Refusal = null;

    /// <summary>Looks whether it is time.</summary>
    /// <returns>True if it became warm now.</returns>
    public bool Look(IEnumerable<PeerSession> sessions, MonotonicTime now)
    {
        if (Refusal is null)
        {
            return false;
        }

        bool caughtUp = sessions.Any(session => session is { Established: true, WarmVersion: { } version } && session.Knowledge!.Has(version));
        if (!caughtUp && now - _started < _options.WarmUpMax)
        {
            return false;
        }

        Refusal = null;
        return true;
    }
}
