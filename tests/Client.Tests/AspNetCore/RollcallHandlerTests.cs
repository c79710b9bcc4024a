using System.Net;
using Rollcall.Client.AspNetCore;
using Rollcall.Client.Choosing;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.AspNetCore;

/// <summary>Requests for a service go to its instances; failures are learned from.</summary>
public sealed class RollcallHandlerTests : IAsyncDisposable
{
    private readonly ClientBench _bench = new(1, new ClientOptions { Policy = ChoicePolicy.RoundRobin });
    private readonly List<string> _sent = [];
    private Func<HttpRequestMessage, HttpResponseMessage> _answer = _ => new HttpResponseMessage(HttpStatusCode.OK);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_host_that_names_a_service_becomes_an_address_and_the_rest_stays()
    {
        await KnowAsync(Instance("a", "10.0.0.1", 8080), Instance("b", "10.0.0.2", 8081));
        await GetAsync("http://Orders/path/x%2Fy?q=1%20a");
        await GetAsync("http://orders/");
        Assert.Equal(["http://10.0.0.1:8080/path/x%2Fy?q=1%20a", "http://10.0.0.2:8081/"], _sent.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_host_that_is_no_service_is_left_alone()
    {
        await KnowAsync(Instance("a", "10.0.0.1", 8080));
        await GetAsync("https://example.org/path");
        Assert.Equal(["https://example.org/path"], _sent);
    }

    [Theory]
    [InlineData("http://orders/", false, "http://10.0.0.1:8080/")]
    [InlineData("https+http://orders/", false, "http://10.0.0.1:8080/")]
    [InlineData("http://orders/", true, "http://10.0.0.1:8080/")]
    [InlineData("https://orders/", true, "https://a.example.org:8443/")]
    [InlineData("https+http://orders/", true, "https://a.example.org:8443/")]
    public async Task The_scheme_says_which_port(string asked, bool hasTls, string sent)
    {
        Registration instance = Instance("a", "10.0.0.1", 8080) with { HostName = "a.example.org" };
        await KnowAsync(hasTls ? instance with { SecurePort = 8443, SecurePortEnabled = true } : instance);
        await GetAsync(asked);
        Assert.Equal([sent], _sent);
    }

    [Fact]
    public async Task Tls_that_an_instance_does_not_have_is_never_replaced_by_plain_text()
    {
        await KnowAsync(Instance("a", "10.0.0.1", 8080));
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync("https://orders/"));
        Assert.Contains("has no port for TLS", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task A_service_with_nothing_to_call_says_why()
    {
        await KnowAsync(Instance("a", "10.0.0.1", 8080) with { Status = InstanceStatus.Starting });
        HttpRequestException nothing = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync("http://orders/"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ORDERS: none of its 1 instances is up."), (nothing.StatusCode, nothing.Message));
    }

    [Fact]
    public async Task An_instance_that_cannot_be_reached_is_not_seen_by_the_caller_and_soon_not_asked()
    {
        await KnowAsync(Instance("a", "10.0.0.1", 8080), Instance("b", "10.0.0.2", 8080), Instance("c", "10.0.0.3", 8080));
        _answer = request =>
            request.RequestUri!.Host == "10.0.0.1"
                ? throw new HttpRequestException(HttpRequestError.ConnectionError, "refused")
                : new HttpResponseMessage(HttpStatusCode.OK);
        for (int call = 0; call < 60; call++)
        {
            using var post = new HttpRequestMessage(HttpMethod.Post, "http://orders/") { Content = new StringContent("x") };
            using HttpResponseMessage answer = await SendAsync(post);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("http://orders/", post.RequestUri!.ToString());
        }

        Assert.Equal(new ClientOptions().AsideAfterFailures, _sent.Count(url => url.Contains("10.0.0.1", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("GET", false, 2)]
    [InlineData("POST", true, 1)]
    [InlineData("DELETE", false, 2)]
    [InlineData("PUT", true, 1)]
    public async Task What_may_have_been_received_is_only_repeated_if_that_is_safe(string method, bool hasContent, int sent)
    {
        await KnowAsync(Instance("a", "10.0.0.1", 8080), Instance("b", "10.0.0.2", 8080));
        _answer = _ => _sent.Count == 1 ? throw new HttpRequestException(HttpRequestError.ResponseEnded, "reset") : new(HttpStatusCode.OK);
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://orders/")
        {
            Content = hasContent ? new StringContent("x") : null,
        };
        Exception? problem = await Record.ExceptionAsync(() => SendAsync(request));
        Assert.Equal(sent, _sent.Count);
        Assert.Equal(sent == 2, problem is null);
        Assert.Equal(sent, _sent.Distinct().Count());
    }

    [Fact]
    public async Task At_most_three_are_tried()
    {
        await KnowAsync([.. Enumerable.Range(1, 9).Select(i => Instance($"i-{i}", $"10.0.0.{i}", 80))]);
        _answer = _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync("http://orders/"));
        Assert.Equal(HttpCallRule.TriesMax, _sent.Count);
    }

    [Fact]
    public async Task Answers_that_say_it_cannot_serve_reach_the_caller_and_put_the_instance_aside()
    {
        await KnowAsync(Instance("a", "10.0.0.1", 8080), Instance("b", "10.0.0.2", 8080));
        _answer = request => new(request.RequestUri!.Host == "10.0.0.1" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.NotFound);
        for (int call = 0; call < 20; call++)
        {
            using HttpResponseMessage answer = await GetAsync("http://orders/");
        }

        Assert.Equal(new ClientOptions().AsideAfterFailures, _sent.Count(url => url.Contains("10.0.0.1", StringComparison.Ordinal)));
    }

    private static Registration Instance(string id, string address, int port) =>
        RegistrationBuilder.Of("orders", id) with
        {
            Address = address,
            Port = port,
        };

    private async Task KnowAsync(params Registration[] instances)
    {
        foreach (Registration instance in instances)
        {
            _bench.Node.Registry.Register(instance);
        }

        await _bench.Client.StartAsync();
        await Wait.UntilAsync(
            () => _bench.Client.Catalogue.Find("orders")?.Endpoints.Length == instances.Length,
            "the catalogue knows the instances"
        );
    }

    private async Task<HttpResponseMessage> GetAsync(string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await SendAsync(request);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using var invoker = new HttpMessageInvoker(new RollcallHandler(_bench.Client) { InnerHandler = new Inner(this) });
        return await invoker.SendAsync(request, CancellationToken.None);
    }

    private sealed class Inner(RollcallHandlerTests test) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            test._sent.Add(request.RequestUri!.AbsoluteUri);
            return Task.FromResult(test._answer(request));
        }
    }
}
