using Rollcall.Interop.Tests.Calls;
using Rollcall.Testing.Support.Clients;
using Xunit.Abstractions;

namespace Rollcall.Interop.Tests.Expiry;

/// <summary>The guard over HTTP: 30 of 100 owners stop at once, and nothing goes until the guard ends, however it ends.</summary>
public sealed class MassExpiryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string App = "HERD";
    private static readonly ClientLease s_lease = new(RenewalSeconds: 1, DurationSeconds: 4, 0, 0, 0, 0);

    private readonly IReadOnlyList<ClientInstance> _members =
        [.. Enumerable.Range(0, 100).Select(n => SampleInstances.Plain(App, $"h-{n:00}") with { Lease = s_lease })];

    private ServerProcess _server = null!;
    private EurekaCalls _calls = null!;
    private Herd _herd = null!;

    private IEnumerable<string> Stopped => _members.Take(30).Select(member => member.Id!);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _herd.DisposeAsync();
        _calls.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task When_an_operator_confirms_the_loss_those_held_go()
    {
        await EngageAsync("--guard", "on");

        await _calls.PostAsync("/v1/guard/confirm-loss");

        Guard ended = await Guard.UntilAsync(_calls, "ended", guard => !guard.Engaged);
        Assert.Equal("loss-confirmed", ended.Reason);
        await OnlyTheBeatingStayAsync();
    }

    [Fact]
    public async Task When_renewals_return_the_guard_ends_and_only_the_still_silent_go()
    {
        await EngageAsync("--guard", "on");

        _herd.Resume(_members.Take(25));

        Guard ended = await Guard.UntilAsync(_calls, "ended", guard => !guard.Engaged);
        Assert.Equal("renewals-returned", ended.Reason);
        await OnlyTheBeatingStayAsync();
    }

    [Fact]
    public async Task When_the_longest_hold_is_over_those_held_go()
    {
        Guard engaged = await EngageAsync("--Rollcall:Core:GuardHoldMax", "6s");

        Assert.Equal(6, (engaged.EndsAtLatest!.Value - engaged.Since).TotalSeconds, tolerance: 0.5);
        Guard ended = await Guard.UntilAsync(_calls, "ended", guard => !guard.Engaged);
        Assert.Equal("held-long-enough", ended.Reason);
        await OnlyTheBeatingStayAsync();
    }

    [Fact]
    public async Task Without_the_guard_the_stopped_go_as_promised()
    {
        await StartAsync("--guard", "off");

        _herd.Stop(Stopped);

        await OnlyTheBeatingStayAsync();
        Assert.Equal("disabled", (await Guard.ReadAsync(_calls)).Reason);
    }

    [Fact]
    public async Task An_explicit_cancel_works_while_the_guard_is_engaged()
    {
        await EngageAsync("--guard", "on");
        string held = Stopped.First();
        string beating = _members[^1].Id!;
        _herd.Stop([beating]);

        Assert.Equal(200, (await _calls.CancelAsync(App, held)).Status);
        Assert.Equal(200, (await _calls.CancelAsync(App, beating)).Status);

        Assert.True((await Guard.ReadAsync(_calls)).Engaged);
        Assert.Equal(_members.Select(m => m.Id).Except([held, beating]).Order(), await RegisteredAsync());
    }

    /// <summary>Starts 100, stops 30, and waits until the server itself says that all 30 are past their end and kept.</summary>
    private async Task<Guard> EngageAsync(params string[] arguments)
    {
        await StartAsync(arguments);

        _herd.Stop(Stopped);
        Guard engaged = await Guard.UntilAsync(_calls, "engaged and holds 30", guard => guard.Engaged && guard.Held >= 30);

        Assert.Equal("many-silent", engaged.Reason);
        Assert.Equal(_members.Select(member => member.Id).Order(), await RegisteredAsync());
        output.WriteLine($"Engaged: {engaged.Silent} of {engaged.Due} silent, {engaged.Held} held past their end.");
        return engaged;
    }

    private async Task StartAsync(params string[] arguments)
    {
        _server = await ServerProcess.StartAsync([.. arguments, "--Rollcall:Core:GuardWindow", "5s"]);
        _calls = new EurekaCalls(_server.BaseUrl);
        _herd = await Herd.StartAsync(_calls, _members);
        await Guard.UntilAsync(
            _calls, "calm and watches all", guard => !guard.Engaged && guard.Silent == 0 && guard.Due >= _members.Count);
    }

    private async Task OnlyTheBeatingStayAsync()
    {
        List<string?> left = [];
        await Wait.UntilAsync(
            async () => (left = await RegisteredAsync()).SequenceEqual(_herd.Beating.Order()),
            () => $"{_herd.Beating.Count()} that beat; {left.Count} are there");
        bool stoodStill = _herd.LongestSilence.TotalSeconds >= s_lease.DurationSeconds;
        Assert.True(stoodStill || _herd.Lost.Count == 0, $"Beat and were lost: {string.Join(", ", _herd.Lost)}");
        output.WriteLine($"Longest silence of those that beat: {_herd.LongestSilence.TotalMilliseconds:0} ms.");
    }

    private async Task<List<string?>> RegisteredAsync()
    {
        Answer answer = await _calls.ReadAsync("apps", WireFormat.Json);
        return [.. new SpringStrictReader().Read(ClientDocument.Full, answer.Body).Instances.Select(i => i.Id).Order()];
    }
}
