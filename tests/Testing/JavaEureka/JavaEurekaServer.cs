using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>A fake of Netflix's Eureka server on a port of loopback: what it answers, its oddities included, and what it would not take.</summary>
/// <remarks>
/// <para>
/// Written from the protocol (registry, codecs and statuses of netflix/eureka 1.10 and 2.0), not from Rollcall's code: a fake that shares
/// a codec with what it tests proves nothing. What Java would refuse as malformed, or take for something else than was meant, is noted
/// as a complaint, and <see cref="DisposeAsync"/> fails the test with all of them.
/// </para>
/// <para>Time is the clock's: nothing happens by itself. <see cref="Evict"/> is the sweep, <see cref="RestartAsync"/> a new, empty process.</para>
/// </remarks>
public sealed class JavaEurekaServer : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly PlainHttpServer _http;
    private readonly JavaRegistry _registry;
    private readonly JavaResponseCache _cache;
    private readonly JavaPeerEndpoint _peers;
    private readonly JavaResources _resources;
    private readonly Lock _gate = new();
    private readonly List<string> _complaints = []; // guarded by _gate
    private readonly List<JavaRequest> _requests = []; // guarded by _gate
    private readonly ConcurrentDictionary<TaskCompletionSource, Func<JavaRequest, bool>> _waiting = [];

    /// <summary>Not started.</summary>
    public JavaEurekaServer(JavaQuirks? quirks = null, TimeProvider? time = null)
    {
        Quirks = quirks ?? new JavaQuirks();
        _time = time ?? TimeProvider.System;
        _registry = new JavaRegistry(NowMs);
        _cache = new JavaResponseCache(NowMs);
        _peers = new JavaPeerEndpoint(_registry, NowMs);
        _resources = new JavaResources(_registry, _cache, _peers, NowMs);
        _http = new PlainHttpServer(Answer);
    }

    /// <summary>A server that is started.</summary>
    public static JavaEurekaServer Started(JavaQuirks? quirks = null, TimeProvider? time = null)
    {
        var server = new JavaEurekaServer(quirks, time);
        server.Start();
        return server;
    }

    /// <summary>May be set at any time.</summary>
    public JavaQuirks Quirks { get; set; }

    /// <summary>Where clients and peers find it: <c>http://127.0.0.1:8761/eureka</c>.</summary>
    public Uri Url => new($"http://127.0.0.1:{_http.Port.ToString(CultureInfo.InvariantCulture)}{Quirks.BasePath}");

    /// <summary>The same as Rollcall's links and peers are given it.</summary>
    public Uri Address => new("eureka+" + Url);

    /// <summary>All requests so far, in order of their answers.</summary>
    public IReadOnlyList<JavaRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>What is registered: <c>APP/id STATUS</c>, with <c>/OVERRIDE</c> behind if there is one.</summary>
    public IReadOnlyList<string> Registered
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _registry.Leases.Select(lease =>
                        $"{lease.Holder.App}/{lease.Holder.Id} {lease.Holder.Status}"
                        + (lease.Holder.Overridden == "UNKNOWN" ? "" : $"/{lease.Holder.Overridden}")
                    ),
                ];
            }
        }
    }

    /// <summary>Listens, on the port that it had before.</summary>
    public void Start() => _http.Start();

    /// <summary>Is gone: connections are reset, nobody listens. What it holds stays.</summary>
    public Task StopAsync() => _http.StopAsync();

    /// <summary>Another process on the same port, that knows nothing.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        lock (_gate)
        {
            _registry.Clear();
            _cache.Clear();
        }

        Start();
    }

    /// <summary>Ends what has expired.</summary>
    public int Evict()
    {
        lock (_gate)
        {
            int evicted = _registry.Evict();
            _cache.Invalidate();
            return evicted;
        }
    }

    /// <summary>An instance registers with this server itself, by another client.</summary>
    /// <param name="json">InstanceInfo as Eureka's JSON has it, without a root; <c>lastDirtyTimestamp</c> counts.</param>
    public void Register(string json)
    {
        lock (_gate)
        {
            _registry.Register(JavaJson.ReadInstance(JavaJson.Parse(Encoding.UTF8.GetBytes(json)), NowMs()), replication: false);
            _cache.Invalidate();
        }
    }

    /// <summary>An operator, or a client, does something here.</summary>
    public bool Do(string action, string app, string id, string status = "UNKNOWN")
    {
        lock (_gate)
        {
            _cache.Invalidate();
            return action switch
            {
                "Heartbeat" => _registry.Renew(app, id, replication: false),
                "Cancel" => _registry.Cancel(app, id),
                "StatusUpdate" => _registry.SetStatus(app, id, status, null),
                "DeleteStatusOverride" => _registry.ClearStatus(app, id, status, null),
                _ => throw new ArgumentException($"No action of Eureka's is called {action}.", nameof(action)),
            };
        }
    }

    /// <summary>One instance as JSON, lease and all; null if it is not there.</summary>
    public JsonObject? Find(string app, string id)
    {
        lock (_gate)
        {
            return _registry.Find(app, id) is { } lease ? JavaJson.Write(lease.Holder, lease) : null;
        }
    }

    /// <summary>What this server would send its peers about an instance now.</summary>
    public JsonObject ItemFor(string action, string app, string id)
    {
        lock (_gate)
        {
            return _peers.ItemFor(action, app, id);
        }
    }

    /// <summary>Does what Java does with the answers to a batch that it sent; returns what it sends next because of them.</summary>
    public IReadOnlyList<JsonObject> TakeAnswers(JsonObject batch, JsonObject response)
    {
        lock (_gate)
        {
            return _peers.TakeAnswers(batch, response);
        }
    }

    /// <summary>Ends when a request has been answered that <paramref name="is"/> says yes to, from now on.</summary>
    public async Task<JavaRequest> NextAsync(Func<JavaRequest, bool> @is, string expected)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int from = Requests.Count;
        _waiting[seen] = @is;
        try
        {
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited 30 s in vain for {expected}. Since then came: {string.Join("; ", Requests.Skip(from))}.");
        }
        finally
        {
            _waiting.TryRemove(seen, out _);
        }

        return Requests.Skip(from).First(@is);
    }

    /// <summary>What Java would not have taken, so far.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_gate)
            {
                return [.. _complaints];
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Complaints is { Count: > 0 } complaints)
        {
            throw new InvalidOperationException($"Java's server would not have taken this:\n{string.Join('\n', complaints)}");
        }
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private PlainAnswer? Answer(PlainRequest request)
    {
        PlainAnswer? answer;
        JavaRequest seen;
        lock (_gate)
        {
            try
            {
                answer =
                    Quirks.BreaksOff ? null
                    : Quirks.AnswersAll != 0 ? PlainAnswer.Empty(Quirks.AnswersAll)
                    : Quirks.AnswersOnce != 0 ? AnswerOnce()
                    : _resources.Answer(request, Quirks);
            }
            catch (JavaRefusal refusal)
            {
                Complain(request, refusal.Message);
                answer = PlainAnswer.Text(refusal.Status, refusal.Message);
            }

            seen = new JavaRequest(request.Method, request.Target, answer?.Status ?? 0, Encoding.UTF8.GetString(request.Body));
            _requests.Add(seen);
        }

        foreach ((TaskCompletionSource waiting, Func<JavaRequest, bool> @is) in _waiting)
        {
            if (@is(seen))
            {
                waiting.TrySetResult();
            }
        }

        return answer;
    }

    // Under _gate.
    private PlainAnswer AnswerOnce()
    {
        int status = Quirks.AnswersOnce;
        Quirks = Quirks with { AnswersOnce = 0 };
        return PlainAnswer.Empty(status);
    }

    private void Complain(PlainRequest request, string why) => _complaints.Add($"{request.Method} {request.Target}: {why}");
}

/// <summary>A request, and what it was answered.</summary>
/// <param name="Method">Of HTTP.</param>
/// <param name="Target">As sent.</param>
/// <param name="Status">0: the connection was broken off.</param>
/// <param name="Body">As sent.</param>
public sealed record JavaRequest(string Method, string Target, int Status, string Body)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Target} -> {Status}";
}
