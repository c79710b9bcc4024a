using System.Collections.Concurrent;
using System.Net;

namespace Rollcall.Interop.Tests.Gateways;

/// <summary>Callers of the service "greeter" through a gateway, each one request after the other: half by GET, half by POST.</summary>
internal sealed class GreeterLoad : IAsyncDisposable
{
    /// <summary>Callers of each method: so many requests of it are under way at a time, and no more.</summary>
    public const int Callers = 4;

    // Long enough that of every moment most callers have a request at an instance.
    private const string Path = "greeter/hello?work=20";

    private readonly HttpClient _http;
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentQueue<Answer> _answers = new();
    private readonly int[] _ended = new int[2 * Callers]; // requests of each caller
    private readonly Task _calling;

    public GreeterLoad(Uri gateway)
    {
        _http = new HttpClient { BaseAddress = gateway, Timeout = Wait.Deadline };
        _calling = Task.WhenAll(Enumerable.Range(0, 2 * Callers).Select(CallAsync));
    }

    /// <summary>All answers so far that are no greeting.</summary>
    public IReadOnlyList<Answer> Failures => [.. _answers.Where(answer => answer.Status != HttpStatusCode.OK)];

    /// <summary>How many answers there are.</summary>
    public int Count => _answers.Count;

    /// <summary>How many greetings came from an instance.</summary>
    public int From(string id) => _answers.Count(answer => answer.IsFrom(id));

    /// <summary>Waits until an instance has answered.</summary>
    public Task HearAsync(string id) => Wait.UntilAsync(() => Task.FromResult(From(id) > 0), () => $"an answer from {id}; {this}");

    /// <summary>Waits until each caller has begun and ended some requests since now: what was under way has ended as well.</summary>
    public async Task GoOnAsync()
    {
        int[] before = [.. _ended];
        await Wait.UntilAsync(
            async () =>
            {
                await (_calling.IsFaulted ? _calling : Task.CompletedTask); // the gateway broke off: nobody may
                return _ended.Zip(before).All(caller => caller.First >= caller.Second + 5);
            },
            () => $"5 more requests of each caller; there were {string.Join(", ", before)}, are {string.Join(", ", _ended)}: {this}"
        );
    }

    public override string ToString() =>
        string.Join(", ", _answers.GroupBy(answer => answer).Select(group => $"{group.Count()} x {(int)group.Key.Status} {group.Key.Method} {group.Key.Text}"));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _calling;
        _http.Dispose();
    }

    private async Task CallAsync(int caller)
    {
        HttpMethod method = caller < Callers ? HttpMethod.Get : HttpMethod.Post;
        while (!_over.IsCancellationRequested)
        {
            using var request = new HttpRequestMessage(method, Path);
            using HttpResponseMessage response = await _http.SendAsync(request);
            _answers.Enqueue(new(method, response.StatusCode, (await response.Content.ReadAsStringAsync()).TrimEnd()));
            Interlocked.Increment(ref _ended[caller]);
        }
    }

    /// <summary>What came back for a request.</summary>
    internal sealed record Answer(HttpMethod Method, HttpStatusCode Status, string Text)
    {
        public bool IsFrom(string id) => Status == HttpStatusCode.OK && Text == id;
    }
}
