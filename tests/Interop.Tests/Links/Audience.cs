using Rollcall.Client;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;

namespace Rollcall.Interop.Tests.Links;

/// <summary>Many subscribers to everything, each with its own link.</summary>
internal sealed class Audience : IAsyncDisposable
{
    private readonly RegistryFollower[] _followers;

    public Audience(int count, Func<int, CancellationToken, ValueTask<IRegistryLink>> open, FollowerOptions? options = null) =>
        _followers =
        [
            .. Enumerable
                .Range(0, count)
                .Select(number => new RegistryFollower(token => open(number, token), InstanceFilter.All, options)),
        ];

    /// <summary>Waits until no subscriber has a link.</summary>
    public Task LosesItsLinksAsync() =>
        Wait.UntilAsync(
            () => Task.FromResult(_followers.All(follower => !follower.State.IsFollowing)),
            () => $"{_followers.Length} subscribers without a link; {_followers.Count(f => f.State.IsFollowing)} have one"
        );

    /// <summary>Waits until every copy is what the node holds, at its version, and the node holds so many instances.</summary>
    public async Task AgreesAsync(IRegistryLink node, int instances)
    {
        RegistryCopy expected = new(RegistryVersion.None, []);
        string[] shown = [];
        await Wait.UntilAsync(
            async () =>
            {
                RegistryUpdate read = await node.ReadAsync(InstanceFilter.All);
                expected = new RegistryCopy(read.Version, read.Instances);
                shown = Shown(expected);
                return read.Instances.Count == instances && _followers.All(f => f.State.IsFollowing && f.Read().Version == read.Version);
            },
            () => $"{instances} instances and all copies at one version. The node holds {Summary(expected)}; copies: {Summaries()}"
        );
        Assert.All(_followers, follower => Assert.Equal(shown, Shown(follower.Read())));
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_followers.Select(follower => follower.DisposeAsync().AsTask()));

    /// <summary>What tells one record from another, in an order of its own.</summary>
    private static string[] Shown(RegistryCopy copy) =>
        [.. copy.Instances.Select(i => $"{i.Service}/{i.Id} {i.Status} #{i.Number} {i.Version}").Order(StringComparer.Ordinal)];

    private static string Summary(RegistryCopy copy) => $"{copy.Instances.Count} at {copy.Version}";

    private string Summaries() =>
        string.Join(
            "; ",
            _followers
                .GroupBy(f => $"{Summary(f.Read())}, {(f.State.IsFollowing ? "following" : f.State.Problem?.Message)}")
                .Select(group => $"{group.Count()} x {group.Key}")
        );
}
