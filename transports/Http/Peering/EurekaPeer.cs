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
/// <para>Errors: none come out but of the token; each is a failure of the peer.</para>
/// </remarks>
public sealed class EurekaPeer
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    private static readonly (string, string)[] s_headers =
    [
        ("Accept", "application/json"),
        ("DiscoveryIdentity-Name", "DefaultServer"), // of peers Java's rate limiter asks no more
        ("DiscoveryIdentity-Version", "1.0"),
    ];

    private readonly RegistryService _registry;
    private readonly JavaPeer _peer;
    private readonly EurekaAddress _address;
    private readonly EurekaPeerOptions _options;
    private readonly Action<PeerContactView> _changed;
    private readonly HttpLane _lane; // of RunAsync, which disposes of it

    private EurekaPeer(
        RegistryService registry,
        JavaPeer peer,
        EurekaAddress address,
        EurekaPeerOptions options,
        Action<PeerContactView> changed,
        HttpLane lane
    )
    {
        _registry = registry;
        _peer = peer;
        _address = address;
        _options = options;
        _changed = changed;
        _lane = lane;
    }

    /// <summary>Keeps up with one server until it is cancelled.</summary>
    /// <param name="mesh">The Java servers of this node.</param>
    /// <param name="contact">What is told of it: what comes of each call.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="options">How to reach it.</param>
    /// <param name="changed">Told of each change of its state, for a line in a log; returns at once.</param>
    /// <param name="stopping">Ends it, and the call under way.</param>
    public static async Task RunAsync(
        JavaMesh mesh,
        PeerContact contact,
        EurekaAddress address,
        EurekaPeerOptions options,
        Action<PeerContactView> changed,
        CancellationToken stopping
    )
    {
        JavaPeer peer = mesh.Add(contact);
        using var lane = new HttpLane(
            address.Root,
            options.Http with { AnswerBytesMax = options.BatchAnswerBytesMax },
            connectionsMax: 1,
            s_headers
        );
        var running = new EurekaPeer(mesh.Registry, peer, address, options, changed, lane);
        using var woken = new SemaphoreSlim(0, 1);
        void Wake()
        {
            try
            {
                if (woken.CurrentCount == 0)
                {
                    woken.Release();
                }
            }
            catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
            {
                // Another writer was faster, or it is over.
            }
        }

        mesh.Registry.Published += Wake;
        try
        {
            await running.RunAsync(woken, stopping).ConfigureAwait(false);
        }
        finally
        {
            mesh.Registry.Published -= Wake;
            mesh.Remove(peer);
        }
    }

    private async Task RunAsync(SemaphoreSlim woken, CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            if (_peer.TryTake(_registry.Now, out JavaCall call))
            {
                await CallAsync(call, stopping).ConfigureAwait(false);
            }
            else
            {
                double ms = (_peer.Tick(_registry.Now) - _registry.Now).TotalMilliseconds;
                await woken.WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(ms))), stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task CallAsync(JavaCall call, CancellationToken stopping)
    {
        TimeSpan timeout = call.Items is null ? _options.CopyTimeout : _options.Http.CallTimeout;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(timeout);
            await (call.Items is { } items ? TellAsync(items, limit.Token) : CopyAsync(limit.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            Fail(JavaFailure.Busy, $"no answer within {DurationText.Show(timeout)}");
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
        Count(body.WrittenCount, answer);
        if (answer.IsSuccess)
        {
            IReadOnlyList<JavaAnswer> answers = BatchAnswerReader.Read(answer.Body.Span);
            _peer.Answered(answers, _registry.Now);
            Say(_peer.Contact.Answers("it takes what it is told", _registry.Now));
        }
        else
        {
            Fail(answer, busy: false);
        }
    }

    private async Task CopyAsync(CancellationToken cancellation)
    {
        using var lane = new HttpLane(_address.Root, _options.Http, connectionsMax: 1, s_headers);
        HttpAnswer answer = await lane.SendAsync(HttpMethod.Get, $"{_address.BasePath}/apps/", null, cancellation).ConfigureAwait(false);
        Count(0, answer);
        if (answer.IsSuccess)
        {
            EurekaDocument all = EurekaDocument.Read(answer.Body.Span);
            _peer.Copied([.. all.Instances.Select(told => told.Record)], _registry.Now);
            Say(_peer.Contact.Answers($"all that it had, {all.Instances.Count} instances, was copied", _registry.Now));
        }
        else
        {
            Fail(answer, busy: answer.Status == HttpStatusCode.Forbidden); // it has just started itself
        }
    }

    private void Count(int sent, HttpAnswer answer)
    {
        _peer.Path.Sent(sent);
        _peer.Path.Received(answer.Body.Length);
    }

    private void Fail(HttpAnswer answer, bool busy)
    {
        busy |= answer.Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests;
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
