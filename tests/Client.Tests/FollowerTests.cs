using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests;

/// <summary>A copy that is kept up to date over links that come and go. Time is moved by hand.</summary>
public sealed class FollowerTests : IAsyncDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);
    private static readonly FollowerOptions s_options = new();

    private readonly HandTime _time = new();
    private readonly FakeNode _node = new();
    private readonly List<RegistryFollower> _followers = [];

    public async ValueTask DisposeAsync()
    {
        foreach (RegistryFollower follower in _followers)
        {
            await follower.DisposeAsync();
        }
    }

    [Fact]
    public async Task It_reads_in_full_and_then_applies_each_change()
    {
        _node.Registry.Register("orders", "i-1");
        RegistryFollower follower = Follow();
        await AgreesAsync(follower);

        _node.Registry.Register("orders", "i-2");
        _node.Registry.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        _node.Registry.Cancel("orders", "i-2");
        await AgreesAsync(follower);

        Assert.True(follower.State.IsFollowing);
        Assert.Equal("fake://node", follower.State.Address);
        Assert.Null(follower.State.Problem);
        Assert.Equal(1, _node.Tries);
    }

    [Fact]
    public async Task A_filter_keeps_out_what_it_does_not_select()
    {
        _node.Registry.Register("orders", "i-1");
        _node.Registry.Register("stock", "s-1");
        RegistryFollower follower = Follow(filter: InstanceFilter.Services("stock"));
        await BecomesAsync(follower, state => state.IsFollowing);
        Assert.Equal("s-1", Assert.Single(follower.Read().Instances).Id);
    }

    [Fact]
    public async Task After_a_lost_link_it_resumes_where_it_was()
    {
        _node.Registry.Register("orders", "i-1");
        RegistryFollower follower = Follow();
        await AgreesAsync(follower);
        RegistryVersion before = follower.State.Version;

        _node.LoseLinks();
        await BecomesAsync(follower, state => !state.IsFollowing);
        _node.Registry.Register("orders", "i-2");
        await PassNextWaitAsync(s_options.RetryFirst);
        await AgreesAsync(follower);

        Assert.Equal([before], _node.Links[1].WatchedFrom);
        Assert.Null(follower.State.Problem);
    }

    [Fact]
    public async Task Back_on_a_node_where_nothing_has_changed_it_follows_again()
    {
        _node.Registry.Register("orders", "i-1");
        RegistryFollower follower = Follow();
        await AgreesAsync(follower);

        _node.LoseLinks();
        await BecomesAsync(follower, state => !state.IsFollowing);
        await PassNextWaitAsync(s_options.RetryFirst);
        await BecomesAsync(follower, state => state.IsFollowing);
        Assert.Null(follower.State.Problem);
        await AgreesAsync(follower);
    }

    [Fact]
    public async Task While_the_node_is_away_the_last_copy_stays_and_says_its_age_and_the_problem()
    {
        _node.Registry.Register("orders", "i-1");
        RegistryFollower follower = Follow();
        await AgreesAsync(follower);
        RegistryCopy copy = follower.Read();

        _node.IsDown = true;
        _node.LoseLinks();
        await BecomesAsync(follower, state => state.Problem is not null);
        Assert.Equal(LinkFailure.Closed, follower.State.Problem!.Failure);
        await PassNextWaitAsync(s_options.RetryFirst);
        await BecomesAsync(follower, state => state.Problem?.Failure == LinkFailure.Unreachable);
        _time.Pass(TimeSpan.FromMinutes(7));

        Assert.Same(copy, follower.Read());
        Assert.False(follower.State.IsFollowing);
        Assert.InRange(follower.Age!.Value, TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(7) + s_options.RetryFirst);
    }

    [Fact]
    public async Task A_node_that_started_anew_is_read_in_full()
    {
        _node.Registry.Register("orders", "gone");
        RegistryFollower follower = Follow();
        await AgreesAsync(follower);

        _node.Restart(SteppedRegistry.Options with { Seed = 77 });
        _node.Registry.Register("stock", "new");
        await BecomesAsync(follower, state => !state.IsFollowing);
        await PassNextWaitAsync(s_options.RetryFirst);
        await AgreesAsync(follower);
        Assert.Equal("new", Assert.Single(follower.Read().Instances).Id);
    }

    [Fact]
    public async Task What_is_too_old_to_be_told_is_read_in_full()
    {
        _node.Restart(SteppedRegistry.Options with { ChangeRingCapacity = 64 });
        _node.Registry.Register("orders", "gone");
        RegistryFollower follower = Follow();
        await AgreesAsync(follower);

        _node.LoseLinks();
        await BecomesAsync(follower, state => !state.IsFollowing);
        _node.Registry.Cancel("orders", "gone");
        for (int i = 0; i < 500; i++)
        {
            _node.Registry.Register("orders", $"i-{i}");
        }

        await PassNextWaitAsync(s_options.RetryFirst);
        await AgreesAsync(follower);
        Assert.Equal(500, follower.Read().Instances.Count);
    }

    [Fact]
    public async Task Waits_double_up_to_the_longest_with_jitter_and_nothing_is_tried_between()
    {
        _node.IsDown = true;
        _ = Follow();
        TimeSpan step = s_options.RetryFirst;
        for (int attempt = 1; attempt < 12; attempt++)
        {
            await _node.TriedAsync(attempt);
            TimeSpan wait = await _time.NextDueAsync(step);
            Assert.InRange(wait, step / 2, step);
            _time.Pass(wait - TimeSpan.FromTicks(1));
            Assert.Equal(attempt, _node.Tries);
            _time.Pass(TimeSpan.FromTicks(1));
            step = step * 2 < s_options.RetryMax ? step * 2 : s_options.RetryMax;
        }
    }

    [Fact]
    public async Task After_a_link_that_lived_long_the_waits_begin_anew()
    {
        _node.IsDown = true;
        RegistryFollower follower = Follow();
        await PassNextWaitAsync(s_options.RetryFirst);
        await _node.TriedAsync(2);
        _node.IsDown = false;
        await PassNextWaitAsync(s_options.RetryFirst * 2);
        await BecomesAsync(follower, state => state.IsFollowing);
        await _time.NextDueAsync(s_options.SilenceMax);
        _time.Pass(s_options.RetryMax);

        _node.IsDown = true;
        _node.LoseLinks();
        await BecomesAsync(follower, state => !state.IsFollowing);
        Assert.InRange(await _time.NextDueAsync(s_options.RetryFirst), s_options.RetryFirst / 2, s_options.RetryFirst);
    }

    [Fact]
    public async Task A_link_that_lives_for_a_moment_only_does_not_make_it_hurry()
    {
        _node.MakeLink = registry => new FakeLink(registry) { OnWatch = _ => Sends(RegistryUpdate.Snapshot(new(1, 1), [])) };
        _ = Follow();
        for (int attempt = 1; attempt < 6; attempt++)
        {
            await _node.TriedAsync(attempt);
            await PassNextWaitAsync(s_options.RetryFirst * (1 << (attempt - 1)), atLeast: s_options.RetryFirst * (1 << (attempt - 1)) / 2);
        }
    }

    [Fact]
    public async Task A_silent_link_that_answers_a_ping_is_kept()
    {
        RegistryFollower follower = Follow();
        await BecomesAsync(follower, state => state.IsFollowing);
        for (int silence = 1; silence <= 3; silence++)
        {
            await _time.NextDueAsync(s_options.SilenceMax);
            _time.Pass(s_options.SilenceMax);
            await UntilAsync(() => follower.Age == TimeSpan.Zero, "an answer that makes the copy fresh");
            Assert.Equal(silence, _node.Links[0].Pings);
        }

        Assert.Equal(1, _node.Tries);
    }

    [Fact]
    public async Task A_dead_link_is_dropped_and_another_opened()
    {
        _node.MakeLink = registry => new FakeLink(registry) { OnPing = cancellation => new(Task.Delay(Timeout.Infinite, cancellation)) };
        RegistryFollower follower = Follow();
        await BecomesAsync(follower, state => state.IsFollowing);

        _time.Pass(s_options.SilenceMax);
        await UntilAsync(() => _node.Links[0].Pings == 1 && _time.PendingCount == 2, "a ping, and a limit to its waiting");
        Assert.False(_node.Links[0].IsDisposed);
        _time.Pass(s_options.SilenceMax);
        await BecomesAsync(follower, state => !state.IsFollowing);
        Assert.True(_node.Links[0].IsDisposed);
        await PassNextWaitAsync(s_options.RetryFirst);
        await _node.TriedAsync(2);
    }

    [Fact]
    public async Task An_opening_that_never_ends_is_given_up()
    {
        RegistryFollower follower = Follow(async cancellation =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException();
        });
        await _time.NextDueAsync(s_options.OpenLimit);
        _time.Pass(s_options.OpenLimit);
        await BecomesAsync(follower, state => state.Problem is not null);
        Assert.Equal("No link was open within 30 s.", follower.State.Problem!.Message);
    }

    [Fact]
    public async Task An_opening_that_fails_in_any_other_way_is_tried_again()
    {
        int tries = 0;
        RegistryFollower follower = Follow(cancellation =>
            tries++ == 0 ? throw new InvalidOperationException("A bug of the application.") : _node.OpenAsync(cancellation)
        );
        await BecomesAsync(follower, state => state.Problem?.Message == "A bug of the application.");
        await PassNextWaitAsync(s_options.RetryFirst);
        await BecomesAsync(follower, state => state.IsFollowing);
    }

    [Fact]
    public async Task An_update_that_does_not_fit_leads_to_a_full_read()
    {
        _node.Registry.Register("orders", "i-1");
        RegistryVersion here = new(_node.Registry.Registry.BootEpoch, 1);
        _node.MakeLink = registry => new FakeLink(registry)
        {
            OnWatch = _ => Sends(RegistryUpdate.Snapshot(here, []), RegistryUpdate.Progress(here with { Epoch = 5 })),
        };
        RegistryFollower follower = Follow();
        await BecomesAsync(follower, state => state.Problem?.Failure == LinkFailure.Protocol);
        _node.MakeLink = registry => new FakeLink(registry);
        await PassNextWaitAsync(s_options.RetryFirst);
        await AgreesAsync(follower);
        Assert.Equal([RegistryVersion.None], _node.Links[1].WatchedFrom);
    }

    [Fact]
    public async Task Disposal_ends_the_link_the_waits_and_whoever_waits_for_a_change()
    {
        RegistryFollower follower = Follow();
        await BecomesAsync(follower, state => state.IsFollowing);
        await _time.NextDueAsync(s_options.SilenceMax);

        await follower.DisposeAsync();

        Assert.True(_node.Links[0].IsDisposed);
        Assert.Equal(0, _time.PendingCount);
        Assert.False(follower.State.IsFollowing);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower.ChangeAsync(follower.State).WaitAsync(s_deadline));
        await follower.DisposeAsync();
    }

    [Fact]
    public async Task Disposal_while_it_waits_to_try_again_ends_it()
    {
        _node.IsDown = true;
        RegistryFollower follower = Follow();
        await _time.NextDueAsync(s_options.RetryFirst);
        await follower.DisposeAsync();
        Assert.Equal(0, _time.PendingCount);
        _time.Pass(TimeSpan.FromHours(1));
        Assert.Equal(1, _node.Tries);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_order_of_changes_losses_and_restarts_it_ends_with_the_registry(int seed)
    {
        var random = new Random(seed);
        RegistryFollower follower = Follow(options: s_options with { RetryMax = TimeSpan.FromSeconds(1) });
        for (int step = 0; step < 400; step++)
        {
            string id = $"i-{random.Next(20)}";
            switch (random.Next(12))
            {
                case < 5:
                    _node.Registry.Register("orders", id);
                    break;
                case < 7:
                    _node.Registry.Cancel("orders", id);
                    break;
                case < 9:
                    _node.Registry.SetStatus("orders", id, (InstanceStatus)random.Next(1, 5));
                    break;
                case 9:
                    _node.LoseLinks();
                    break;
                case 10 when random.Next(8) == 0:
                    _node.Restart(SteppedRegistry.Options with { Seed = (ulong)step + 100, ChangeRingCapacity = 64 });
                    break;
                default:
                    _time.Pass(TimeSpan.FromSeconds(1));
                    break;
            }
        }

        _node.LoseLinks();
        await AgreesAsync(follower, pass: TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Options_out_of_range_are_all_named()
    {
        var options = new FollowerOptions { RetryFirst = TimeSpan.FromSeconds(20), SilenceMax = TimeSpan.Zero };
        string message = Assert.Throws<ArgumentException>(() => Follow(options: options)).Message;
        Assert.Contains("RetryMax = 10s", message, StringComparison.Ordinal);
        Assert.Contains("SilenceMax = 0s", message, StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<RegistryUpdate> Sends(params RegistryUpdate[] updates)
    {
        foreach (RegistryUpdate update in updates)
        {
            await Task.Yield();
            yield return update;
        }

        throw new LinkException(LinkFailure.Closed, "The link is gone.");
    }

    private RegistryFollower Follow(
        Func<CancellationToken, ValueTask<IRegistryLink>>? open = null,
        InstanceFilter? filter = null,
        FollowerOptions? options = null
    )
    {
        var follower = new RegistryFollower(open ?? _node.OpenAsync, filter ?? InstanceFilter.All, options ?? s_options, _time);
        _followers.Add(follower);
        return follower;
    }

    /// <summary>Waits until it waits for at most <paramref name="longest"/>, and lets that pass.</summary>
    private async Task PassNextWaitAsync(TimeSpan longest, TimeSpan atLeast = default)
    {
        TimeSpan wait = await _time.NextDueAsync(longest);
        Assert.True(wait >= atLeast, $"It waits {wait}, {atLeast} is the least.");
        _time.Pass(wait);
    }

    private static async Task BecomesAsync(RegistryFollower follower, Func<FollowerState, bool> expected)
    {
        FollowerState state = follower.State;
        while (!expected(state))
        {
            try
            {
                state = await follower.ChangeAsync(state).WaitAsync(s_deadline);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"The follower stays in {state}.");
            }
        }
    }

    /// <summary>Waits until the copy holds what the node holds; time passes meanwhile if <paramref name="pass"/> says so.</summary>
    private async Task AgreesAsync(RegistryFollower follower, TimeSpan pass = default)
    {
        await UntilAsync(
            () =>
            {
                _time.Pass(pass);
                return follower.State.IsFollowing
                    && follower.Read().Version == new RegistryVersion(_node.Registry.Registry.BootEpoch, _node.Registry.Version);
            },
            $"the copy at version {_node.Registry.Version}, it is {follower.State}"
        );
        Assert.Equal(_node.Shown(), FakeNode.Shown(follower.Read()));
    }

    private static async Task UntilAsync(Func<bool> condition, string expected)
    {
        using var deadline = new CancellationTokenSource(s_deadline);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"Expected was {expected}.");
            await Task.Delay(1);
        }
    }
}
