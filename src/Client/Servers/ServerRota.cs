using Rollcall.Core.Model;

namespace Rollcall.Client.Servers;

/// <summary>Decides which servers are asked, in which order: own zone first, shuffled, those that failed left alone for a while.</summary>
/// <remarks>
/// <para>Owner: one caller at a time. Pure but for its dice: time is an argument.</para>
/// <para>Shape: a server that failed is in quarantine until <see cref="ClientOptions.Quarantine"/> has passed, it has worked, or more
/// than half of the servers are there: then the fault is elsewhere and the quarantine is empty again.</para>
/// </remarks>
internal sealed class ServerRota
{
    private readonly RegistryServer[] _order;
    private readonly Dictionary<RegistryServer, MonotonicTime> _quarantineEnds = new(ReferenceEqualityComparer.Instance);
    private readonly ClientOptions _options;
    private readonly Dice _dice;

    /// <summary>All servers, none of them tried.</summary>
    /// <exception cref="ArgumentException">No server, or two of one name.</exception>
    public ServerRota(IReadOnlyList<RegistryServer> servers, ClientOptions options, Dice dice)
    {
        if (servers.Count == 0 || servers.DistinctBy(server => server.Name, StringComparer.Ordinal).Count() != servers.Count)
        {
            throw new ArgumentException("A client needs at least one server, each name once.", nameof(servers));
        }

        _order = [.. servers];
        _options = options;
        _dice = dice;
        Shuffle();
    }

    /// <summary>The resolved order, for people.</summary>
    public IEnumerable<string> Order => _order.Select(server => server.Name);

    /// <summary>The server to try next.</summary>
    /// <param name="tried">Servers that this call has tried: not again.</param>
    /// <param name="now">Now.</param>
    /// <returns>Null: every server has been tried, or is in quarantine.</returns>
    public RegistryServer? Next(IReadOnlyCollection<RegistryServer> tried, MonotonicTime now)
    {
        RegistryServer[] left = [.. _order.Where(server => !tried.Contains(server))];
        return left.FirstOrDefault(server => !InQuarantine(server, now));
    }

    /// <summary>Something that cannot be the caller's fault went wrong there.</summary>
    public void Failed(RegistryServer server, MonotonicTime now)
    {
        _quarantineEnds[server] = now + _options.Quarantine;
        if (_order.Count(each => InQuarantine(each, now)) * 2 > _order.Length)
        {
            _quarantineEnds.Clear();
        }
    }

    /// <summary>It answered.</summary>
    public void Worked(RegistryServer server) => _quarantineEnds.Remove(server);

    /// <summary>Draws a new order: the servers of the own zone, then the others.</summary>
    public void Shuffle()
    {
        _dice.Shuffle<RegistryServer>(_order);
        if (_options.Zone is { } zone)
        {
            Array.Sort(
                [.. _order.Select((server, at) => (string.Equals(server.Zone, zone, StringComparison.Ordinal) ? 0 : _order.Length) + at)],
                _order
            );
        }
    }

    private bool InQuarantine(RegistryServer server, MonotonicTime now) =>
        _quarantineEnds.TryGetValue(server, out MonotonicTime ends) && now < ends;
}
