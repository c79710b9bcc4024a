using System.Globalization;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Clusters;

/// <summary>Servers as they ship, each in a process of its own, that are one cluster over TCP on loopback.</summary>
/// <remarks>
/// <para>Owner: one row.</para>
/// <para>Shape: a member dials those that were there before it, each by a <see cref="CountingWay"/>: one link between any two.</para>
/// </remarks>
internal sealed class ServerCluster(params string[] flags) : IAsyncDisposable
{
    // Copying a million instances, on a machine that has more to do.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly List<ClusterMember> _members = [];
    private int _lastId;

    /// <summary>Those that are there.</summary>
    public IReadOnlyList<ClusterMember> Members => _members;

    /// <summary>Starts a further member; it may not have caught up yet. The first one is alone, and serves at once.</summary>
    public async Task<ClusterMember> AddAsync()
    {
        CountingWay[] ways = [.. _members.Select(member => new CountingWay(member.Server.Tcp))];
        string id = (++_lastId).ToString("x", CultureInfo.InvariantCulture);
        ServerUnderLoad server = await ServerUnderLoad.StartAsync(
            ["--cluster", "load", "--node-id", id, .. ways.SelectMany(way => new[] { "--peer", way.Address }), .. flags]
        );
        var member = new ClusterMember(server, ways);
        _members.Add(member);
        return member;
    }

    /// <summary>Ends a member.</summary>
    public async Task RemoveAsync(ClusterMember member)
    {
        _members.Remove(member);
        await member.DisposeAsync();
    }

    /// <summary>Waits until a member serves reads of lists.</summary>
    public static Task IsWarmAsync(ClusterMember member) =>
        Deadline.UntilAsync(member.IsWarmAsync, () => $"a new node has all that its peers have; it said:\n{member.Server.Process.Printed}", s_patience);

    /// <summary>Waits until <paramref name="member"/> has been found, or made, equal to all others since a moment.</summary>
    public async Task IsEqualAsync(ClusterMember member, DateTimeOffset since)
    {
        IReadOnlyList<LinkState> seen = [];
        await Deadline.UntilAsync(
            async () => (seen = await member.LinksAsync()).Count == _members.Count - 1 && seen.All(link => link.EqualAt > since),
            () => $"all links are equal since {since:HH:mm:ss.fff}; they are {string.Join(", ", seen)}",
            s_patience
        );
    }

    /// <summary>Waits until a member has so many links.</summary>
    public static Task HasLinksAsync(ClusterMember member, int count) =>
        Deadline.UntilAsync(async () => (await member.LinksAsync()).Count == count, () => $"a node has {count} links", s_patience);

    /// <summary>Waits until a member's peers have acknowledged all that it has.</summary>
    public static Task IsTakenAsync(ClusterMember member) =>
        Deadline.UntilAsync(
            async () => (await member.LinksAsync()).All(link => link.Lag == 0),
            () => "every change of a node is acknowledged by every peer",
            s_patience
        );

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterMember member in _members)
        {
            await member.DisposeAsync();
        }
    }
}
