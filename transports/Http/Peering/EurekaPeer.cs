using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Transports.Http.Eureka;
using Rollcall.Transports.Http.Linking;

namespace Rollcall.Transports.Http.Peering;

/// <summary>Makes the calls to one Java server that <see cref="JavaPeer"/> decides on, and tells it what came of them.</summary>
/// <remarks>
/// <para>
/// Out goes <c>POST peerreplication/batch/</c>, one at a time, and at the start <c>GET apps/</c>. In comes what that server sends, over
/// the HTTP of this node: both directions are up when that server names this node among its own peers.
/// </para>
/// <para>Owner: whoever starts the node; disposing ends the call under way. Errors: none come out; each is a failure of the peer.</para>
/// </remarks>
public sealed class EurekaPeer : IAsyncDisposable
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    private static readonly (string, string)[] s_headers =
    [
        ("Accept", "application/json"),
        ("DiscoveryIdentity-Name", "DefaultServer"), // of peers Java's rate limiter asks no more
        ("DiscoveryIdentity-Version", "1.0"),
    ];

    private readonly JavaMesh _mesh;
    private readonly JavaPeer _peer;
    private readonly RegistryService _registry;
    private readonly EurekaAddress _address;
    private readonly EurekaPeerOptions _options;
    private readonly Action<PeerContactView> _changed;
    private readonly HttpLane _lane;
    private readonly SemaphoreSlim _woken = new(0, 1);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _loop;

    /// <summary>Starts at once.</summary>
    /// <param name="mesh">The Java servers of this node.</param>
    /// <param name="registry">The registry of this node.</param>
    /// <param name="address">The server.</param>
    /// <param name="options">How to reach it.</param>
    /// <param name="changed">Told of each change of its state, for a line in a log; returns at once.</param>
    public EurekaPeer(
        JavaMesh mesh,
        RegistryService registry,
        EurekaAddress address,
        EurekaPeerOptions? options = null,
        Action<PeerContactView>? changed = null
    )
    {
        _mesh = mesh;
        _registry = registry;
        _address = address;
        _options = options ?? new EurekaPeerOptions();
        _changed = changed ?? (_ => { });
        _peer = mesh.Add(new PeerContact(address.Text, registry.Now));
        _lane = new HttpLane(address.Root, _options.Http, connectionsMax: 1, s_headers);
        _registry.Published += Wake;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>The decisions, and their counts.</summary>
    public JavaPeer Peer => _peer;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_over.IsCancellationRequested)
        {
            return;
        }

        _registry.Published -= Wake;
        await _over.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _mesh.Remove(_peer);
        _lane.Dispose();
    }

    private void Wake()
    {
        if (_woken.CurrentCount == 0)
        {
            try
            {
                _woken.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another writer was faster.
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                if (_peer.TryTake(_registry.Now, out JavaCall call))
                {
                    await CallAsync(call).ConfigureAwait(false);
                    continue;
                }

                double ms = (_peer.Tick(_registry.Now) - _registry.Now).TotalMilliseconds;
                await _woken.WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(ms))), _over.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // Given up.
        }
    }

    private async Task CallAsync(JavaCall call)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
            limit.CancelAfter(_options.Http.CallTimeout);
            await (call.Items is { } items ? TellAsync(items, limit.Token) : CopyAsync(limit.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_over.IsCancellationRequested)
        {
            Fail(JavaFailure.Busy, $"no answer within {DurationText.Show(_options.Http.CallTimeout)}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            Fail(JavaFailure.Unreachable, e.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.'));
        }
        catch (Exception e) when (e is JsonException or LinkException)
        {
            Fail(JavaFailure.Refused, $"it answers what no Eureka server does: {RegistryError.Shown(e.Message, 200)}");
        }
    }

    private async Task TellAsync(IReadOnlyList<JavaItem> items, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>(512 * items.Count);
        BatchWriter.Write(body, items, _registry.LastRenewalMs);
        var content = new ReadOnlyMemoryContent(body.WrittenMemory) { Headers = { ContentType = s_json } };
        HttpAnswer answer = await _lane
            .SendAsync(HttpMethod.Post, $"{_address.BasePath}/peerreplication/batch/", content, cancellation)
            .ConfigureAwait(false);
        if (answer.IsSuccess)
        {
            IReadOnlyList<JavaAnswer> answers = BatchAnswerReader.Read(answer.Body.Span);
            _peer.Answered(answers, _registry.Now);
            Say(_peer.Contact.Answers("it takes what it is told", _registry.Now));
        }
        else
        {
            Fail(answer);
        }
    }

    private async Task CopyAsync(CancellationToken cancellation)
    {
        HttpAnswer answer = await _lane.SendAsync(HttpMethod.Get, $"{_address.BasePath}/apps/", null, cancellation).ConfigureAwait(false);
        if (answer.IsSuccess)
        {
            EurekaDocument all = EurekaDocument.Read(answer.Body.Span);
            _peer.Copied([.. all.Instances.Select(told => told.Record)], _registry.Now);
            Say(_peer.Contact.Answers($"all that it had, {all.Instances.Count} instances, was copied", _registry.Now));
        }
        else
        {
            Fail(answer);
        }
    }

    // 403 to a read: it has just started itself.
    private void Fail(HttpAnswer answer)
    {
        bool busy = answer.Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.Forbidden;
        Fail(busy ? JavaFailure.Busy : JavaFailure.Refused, EurekaRefusals.Failure(_address.Text, answer).Message);
    }

    private void Fail(JavaFailure failure, string why)
    {
        _peer.Failed(failure, _registry.Now);
        Say(
            failure == JavaFailure.Refused
                ? _peer.Contact.Refused(why, null, _registry.Now)
                : _peer.Contact.Failed(why, _registry.Now)
        );
    }

    private void Say(bool changed)
    {
        if (changed)
        {
            _changed(_peer.Contact.View);
        }
    }
}
