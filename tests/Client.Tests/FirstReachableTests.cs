using Rollcall.Core;
using Rollcall.Core.Seams;
using Rollcall.Testing;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests;

/// <summary>Several addresses of one server: which is taken, and what is said of the others.</summary>
public sealed class FirstReachableTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);
    private static readonly string[] s_addresses = ["quic://127.0.0.1:8762", "tcp://127.0.0.1:8762", "http://127.0.0.1:8761"];

    private readonly HandTime _time = new();
    private readonly SteppedRegistry _registry = new();
    private readonly List<string> _tried = [];
    private readonly List<FakeLink> _links = [];
    private readonly Dictionary<string, LinkFactory> _factories;

    public FirstReachableTests() =>
        _factories = new() { ["quic"] = Works, ["tcp"] = Works, ["http"] = Works };

    [Fact]
    public async Task The_first_that_works_is_taken_and_nothing_else_is_tried()
    {
        (IRegistryLink link, LinkReport report) = await Open();
        Assert.Same(_links[0], link);
        Assert.False(_links[0].IsDisposed);
        Assert.Equal(["quic://127.0.0.1:8762"], _tried);
        Assert.Equal("quic://127.0.0.1:8762", report.Reached);
        Assert.Equal("quic://127.0.0.1:8762 works", report.ToString());
    }

    [Fact]
    public async Task What_did_not_work_before_it_is_reported_with_its_reason()
    {
        _factories["quic"] = (_, _) => throw new PlatformNotSupportedException("libmsquic is missing");
        _factories["tcp"] = (_, _) => throw new LinkException(LinkFailure.Unreachable, "connection refused");
        (_, LinkReport report) = await Open();
        Assert.Equal("http://127.0.0.1:8761", report.Reached);
        Assert.Equal(
            "http://127.0.0.1:8761 works; before it: "
                + "quic://127.0.0.1:8762: libmsquic is missing; tcp://127.0.0.1:8762: connection refused",
            report.ToString()
        );
        Assert.Equal([LinkFailure.Unreachable, LinkFailure.Unreachable, null], report.Attempts.Select(a => a.Problem?.Failure));
    }

    [Fact]
    public async Task An_address_that_does_not_answer_in_time_does_not_work()
    {
        _factories["quic"] = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException();
        };
        Task<(IRegistryLink, LinkReport Report)> opening = Open();
        await _time.NextDueAsync(FirstReachable.AttemptLimitDefault);
        _time.Pass(FirstReachable.AttemptLimitDefault - TimeSpan.FromTicks(1));
        Assert.False(opening.IsCompleted);
        _time.Pass(TimeSpan.FromTicks(1));
        (_, LinkReport report) = await opening.WaitAsync(s_deadline);
        Assert.Equal("tcp://127.0.0.1:8762", report.Reached);
        Assert.Contains("quic://127.0.0.1:8762: no answer within 5 s", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_answers_no_ping_does_not_work_and_is_closed()
    {
        _factories["quic"] = (_, _) =>
            ValueTask.FromResult(Made(new FakeLink(_registry.Registry) { OnPing = token => new(Task.Delay(Timeout.Infinite, token)) }));
        Task<(IRegistryLink, LinkReport Report)> opening = Open();
        await _time.NextDueAsync(FirstReachable.AttemptLimitDefault);
        _time.Pass(FirstReachable.AttemptLimitDefault);
        Assert.Equal("tcp://127.0.0.1:8762", (await opening.WaitAsync(s_deadline)).Report.Reached);
        Assert.True(_links[0].IsDisposed);
        Assert.Equal(0, _time.PendingCount);
    }

    [Fact]
    public async Task If_none_works_all_reasons_are_in_one_line()
    {
        _factories["quic"] = _factories["tcp"] = (_, _) => throw new LinkException(LinkFailure.Unreachable, "connection refused");
        _factories["http"] = (_, _) => throw new LinkException(LinkFailure.NotAuthenticated, "the token is not known");
        LinkException problem = await Assert.ThrowsAsync<LinkException>(Open);
        Assert.Equal(LinkFailure.Unreachable, problem.Failure);
        Assert.Equal(
            "No address works: quic://127.0.0.1:8762: connection refused; tcp://127.0.0.1:8762: connection refused; "
                + "http://127.0.0.1:8761: the token is not known",
            problem.Message
        );
    }

    [Fact]
    public async Task If_all_fail_alike_the_failure_is_that()
    {
        _factories["quic"] = _factories["tcp"] = _factories["http"] = (_, _) =>
            throw new LinkException(LinkFailure.NotAuthenticated, "the token is not known");
        Assert.Equal(LinkFailure.NotAuthenticated, (await Assert.ThrowsAsync<LinkException>(Open)).Failure);
    }

    [Fact]
    public async Task Whoever_no_longer_waits_gets_no_link()
    {
        using var stop = new CancellationTokenSource();
        _factories["quic"] = (_, _) =>
            ValueTask.FromResult(
                Made(
                    new FakeLink(_registry.Registry)
                    {
                        OnPing = token =>
                        {
                            stop.Cancel();
                            return ValueTask.FromCanceled(token);
                        },
                    }
                )
            );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await New().OpenAsync(stop.Token));
        Assert.True(Assert.Single(_links).IsDisposed);
    }

    [Fact]
    public async Task A_bug_of_a_factory_is_not_taken_for_an_address_that_does_not_work()
    {
        _factories["quic"] = (_, _) => throw new InvalidOperationException("a bug");
        Assert.Equal("a bug", (await Assert.ThrowsAsync<InvalidOperationException>(Open)).Message);
    }

    [Theory]
    [InlineData("Name at least one address")]
    [InlineData("Nothing opens ftp://127.0.0.1:1: links are given for http, quic, tcp.", "ftp://127.0.0.1:1")]
    [InlineData("The address of h holds credentials", "tcp://127.0.0.1:1", "http://me:hunter2@h:1")]
    public void Wrong_addresses_are_refused_at_once_and_no_secret_is_repeated(string expected, params string[] addresses)
    {
        ArgumentException problem = Assert.Throws<ArgumentException>(() => New(addresses));
        Assert.StartsWith(expected, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem.Message, StringComparison.Ordinal);
    }

    private async Task<(IRegistryLink Link, LinkReport Report)> Open() => await New().OpenAsync();

    private FirstReachable New(params string[] addresses) => New((IEnumerable<string>)addresses);

    private FirstReachable New() => New((IEnumerable<string>)s_addresses);

    private FirstReachable New(IEnumerable<string> addresses) =>
        new(addresses.Select(address => new Uri(address)), _factories, time: _time);

    private ValueTask<IRegistryLink> Works(Uri address, CancellationToken cancellation)
    {
        _tried.Add(address.OriginalString);
        return ValueTask.FromResult(Made(new FakeLink(_registry.Registry)));
    }

    private IRegistryLink Made(FakeLink link)
    {
        _links.Add(link);
        return link;
    }
}
