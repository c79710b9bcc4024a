using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.Linking;
using Rollcall.Transports.Http.V1;

namespace Rollcall.Transports.Http;

/// <summary>A link to a node over HTTP: its native API <c>/v1</c>.</summary>
/// <remarks>
/// <para>
/// Renewals and writes go one after the other over one connection, reads over another, so that a large read holds up no heartbeat; each watch has
/// its own. <see cref="HttpLinkOptions.Handler"/> may do it otherwise.
/// </para>
/// <para>
/// HTTP has no connection that belongs to a link: an idle one may come and go. The link is broken when a request finds nobody, gets no
/// answer in time, or a watch ends.
/// </para>
/// </remarks>
public sealed class HttpLink : IRegistryLink
{
    /// <summary>Handles in one request: 19 bytes each, a quarter of what a node takes by default.</summary>
    private const int HandlesPerCall = 100_000;

    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    private readonly HttpLinkOptions _options;
    private readonly HttpLane _writes;
    private readonly HttpLane _reads;
    private readonly HttpLane _watches;
    private readonly V1Reader _reader = new();
    private readonly LinkLife _life;

    private HttpLink(Uri node, HttpLinkOptions options)
    {
        _options = options;
        Address = node.GetLeftPart(UriPartial.Authority);
        _life = new LinkLife(Address);
        _writes = new HttpLane(node, options, connectionsMax: 1);
        _reads = new HttpLane(node, options, connectionsMax: 1);
        _watches = new HttpLane(node, options, connectionsMax: int.MaxValue);
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public Task<LinkException> Closed => _life.Closed;

    /// <summary>Opens a link: finds out that a registry answers there, and takes the credentials.</summary>
    /// <param name="address"><c>http://host:port</c> or https; without credentials, which belong into the options.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="LinkException">Nobody answers there, or not as a registry; or it does not take the credentials.</exception>
    public static async Task<HttpLink> ConnectAsync(Uri address, HttpLinkOptions? options = null, CancellationToken cancellation = default)
    {
        if (address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
        {
            throw new ArgumentException("The address must be http://HOST:PORT or https://HOST:PORT, without credentials.", nameof(address));
        }

        var link = new HttpLink(address, options ?? new HttpLinkOptions());
        try
        {
            HttpAnswer answer = await link.AskAsync(link._reads, HttpMethod.Get, "/v1", null, cancellation).ConfigureAwait(false);
            if (!answer.IsSuccess || !V1Answer.IsIndex(answer.Body.Span))
            {
                LinkException failure = answer.Failure(link.Address);
                throw failure.Failure is LinkFailure.Protocol
                    ? new LinkException(LinkFailure.Unreachable, $"{link.Address} answers, but not as a registry does (GET /v1: {(int)answer.Status}).")
                    : failure;
            }

            return link;
        }
        catch (LinkException e)
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw e.Failure == LinkFailure.Closed ? new LinkException(LinkFailure.Unreachable, e.Message, e.InnerException) : e;
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A link by address alone, for whoever has addresses from a configuration; https as <paramref name="trust"/> says, else as the system trusts.</summary>
    /// <exception cref="LinkException">Nobody answers there, or not as a registry; or it does not take the credential.</exception>
    public static async ValueTask<IRegistryLink> OpenAsync(
        Uri address,
        LinkCredential? credential,
        TlsTrust? trust,
        CancellationToken cancellation
    ) => await ConnectAsync(address, HttpLinkOptions.Of(credential, trust), cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<RegisterResult> RegisterAsync(Registration registration, CancellationToken cancellation = default)
    {
        HttpContent body = Json(json => V1Writer.WriteRegistration(json, registration));
        HttpAnswer answer = await WriteAsync(HttpMethod.Post, "/v1/instances", body, cancellation).ConfigureAwait(false);
        return answer.Refusal is { } error ? new RegisterResult(error, default, 0, false) : answer.Read(Address, V1Answer.ReadRegistered);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RenewAsync(LeaseHandle handle, CancellationToken cancellation = default)
    {
        HttpAnswer answer = await AskAsync(_writes, HttpMethod.Put, $"/v1/leases/{handle}", null, cancellation).ConfigureAwait(false);
        return answer.IsSuccess || (answer.Status == HttpStatusCode.NotFound ? false : throw answer.Failure(Address));
    }

    /// <inheritdoc/>
    public async ValueTask<int> RenewAsync(
        ReadOnlyMemory<LeaseHandle> handles,
        Memory<int> unknown,
        CancellationToken cancellation = default
    )
    {
        int count = 0;
        for (int from = 0; from < handles.Length || from == 0; from += HandlesPerCall)
        {
            ReadOnlyMemory<LeaseHandle> some = handles.Slice(from, Math.Min(HandlesPerCall, handles.Length - from));
            HttpAnswer answer = await WriteAsync(HttpMethod.Put, "/v1/leases", Json(json => WriteHandles(json, some.Span)), cancellation)
                .ConfigureAwait(false);
            foreach (int position in answer.Read(Address, body => V1Answer.ReadUnknown(body, some.Length)))
            {
                unknown.Span[count++] = from + position;
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public async ValueTask<RenewOutcome> RenewAsync(
        string service,
        string id,
        long? clientStamp = null,
        CancellationToken cancellation = default
    )
    {
        string stamp = clientStamp is { } number ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"?clientStamp={number}") : "";
        HttpAnswer answer = await AskAsync(_writes, HttpMethod.Put, $"{PathOf(service, id)}/lease{stamp}", null, cancellation).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.NoContent ? RenewOutcome.Same
            : answer.IsSuccess ? answer.Read(Address, V1Answer.ReadOutcome)
            : answer.Status == HttpStatusCode.NotFound ? RenewOutcome.Unknown
            : throw answer.Failure(Address);
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> CancelAsync(string service, string id, CancellationToken cancellation = default) =>
        WriteAsync(HttpMethod.Delete, PathOf(service, id), cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> SetStatusAsync(
        string service,
        string id,
        InstanceStatus status,
        CancellationToken cancellation = default
    ) => WriteAsync(HttpMethod.Put, $"{PathOf(service, id)}/status?value={V1Words.Of(status)}", cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> ClearStatusAsync(string service, string id, CancellationToken cancellation = default) =>
        WriteAsync(HttpMethod.Delete, $"{PathOf(service, id)}/status", cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> SetMetadataAsync(
        string service,
        string id,
        IReadOnlyList<KeyValuePair<string, string>> pairs,
        CancellationToken cancellation = default
    ) => WriteAsync(HttpMethod.Put, $"{PathOf(service, id)}/metadata", cancellation, Json(json => V1Writer.WritePairs(json, pairs)));

    /// <inheritdoc/>
    public async ValueTask<Instance?> FindAsync(string service, string id, CancellationToken cancellation = default)
    {
        HttpAnswer answer = await AskAsync(_reads, HttpMethod.Get, PathOf(service, id), null, cancellation).ConfigureAwait(false);
        return answer.Refusal?.Code == RegistryErrorCode.UnknownInstance ? null
            : answer.IsSuccess ? answer.Read(Address, _reader.ReadInstance)
            : throw answer.Failure(Address);
    }

    /// <inheritdoc/>
    public async ValueTask<RegistryUpdate> ReadAsync(InstanceFilter filter, CancellationToken cancellation = default)
    {
        HttpAnswer answer = await AskAsync(_reads, HttpMethod.Get, $"/v1/instances{Query(filter)}", null, cancellation).ConfigureAwait(false);
        return answer.IsSuccess
            ? answer.Read(Address, _reader.ReadUpdate) with { Version = answer.Version }
            : throw answer.Failure(Address);
    }

    /// <inheritdoc/>
    public async ValueTask<DeltaRead> ReadDeltaAsync(RegistryVersion since, CancellationToken cancellation = default)
    {
        HttpAnswer answer = await AskAsync(_reads, HttpMethod.Get, $"/v1/changes?since={since}", null, cancellation).ConfigureAwait(false);
        return answer.Refusal is { } error ? new DeltaRead(error, null)
            : answer.IsSuccess ? new DeltaRead(null, answer.Read(Address, _reader.ReadUpdate))
            : throw answer.Failure(Address);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RegistryUpdate> WatchAsync(
        InstanceFilter filter,
        RegistryVersion since,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        string query = Query(filter);
        string target = $"/v1/watch{query}{(query.Length == 0 ? '?' : '&')}since={since}";
        using HttpResponseMessage response = await OpenAsync(target, cancellation).ConfigureAwait(false);
        using Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var events = new EventReader(stream, _options.AnswerBytesMax);
        string subscription = V1Answer.ReadSubscription(await NextAsync(events, cancellation).ConfigureAwait(false));
        using var acknowledgement = new LazyAcknowledgement((version, ending) => AcknowledgeAsync(subscription, version, ending));
        while (true)
        {
            ServerEvent next = await NextAsync(events, cancellation).ConfigureAwait(false);
            RegistryUpdate update = ReadUpdate(next);
            yield return update;
            acknowledgement.Acknowledge(update.Version);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<AcknowledgedVersion> ReadAcknowledgedAsync(string service, CancellationToken cancellation = default)
    {
        string target = $"/v1/services/{Uri.EscapeDataString(service)}/acknowledged";
        HttpAnswer answer = await AskAsync(_reads, HttpMethod.Get, target, null, cancellation).ConfigureAwait(false);
        return answer.IsSuccess ? answer.Read(Address, V1Answer.ReadAcknowledged) : throw answer.Failure(Address);
    }

    /// <inheritdoc/>
    public async ValueTask PingAsync(CancellationToken cancellation = default)
    {
        HttpAnswer answer = await AskAsync(_writes, HttpMethod.Get, "/health/live", null, cancellation).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            throw answer.Failure(Address);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _life.Dispose();
        _writes.Dispose();
        _reads.Dispose();
        _watches.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string PathOf(string service, string id) => $"/v1/instances/{Uri.EscapeDataString(service)}/{Uri.EscapeDataString(id)}";

    private static string Query(InstanceFilter filter)
    {
        string key = filter.Kind switch
        {
            FilterKind.Services => "service",
            FilterKind.Vips => "vip",
            _ => "svip",
        };
        return filter.Kind == FilterKind.All ? "" : "?" + string.Join('&', filter.Names.Select(name => $"{key}={Uri.EscapeDataString(name)}"));
    }

    private static void WriteHandles(Utf8JsonWriter json, ReadOnlySpan<LeaseHandle> handles)
    {
        json.WriteStartArray();
        foreach (LeaseHandle handle in handles)
        {
            json.WriteStringValue(handle.ToString());
        }

        json.WriteEndArray();
    }

    private static ReadOnlyMemoryContent Json(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(512);
        Utf8JsonWriter json = V1Json.Compact(output);
        write(json);
        json.Flush();
        return new ReadOnlyMemoryContent(output.WrittenMemory) { Headers = { ContentType = s_json } };
    }

    private async Task<HttpAnswer> WriteAsync(HttpMethod method, string target, HttpContent? body, CancellationToken cancellation)
    {
        HttpAnswer answer = await AskAsync(_writes, method, target, body, cancellation).ConfigureAwait(false);
        return answer.IsSuccess || answer.Refusal is not null ? answer : throw answer.Failure(Address);
    }

    private async ValueTask<WriteResult> WriteAsync(HttpMethod method, string target, CancellationToken cancellation, HttpContent? body = null)
    {
        HttpAnswer answer = await WriteAsync(method, target, body, cancellation).ConfigureAwait(false);
        return answer.Refusal is { } error
            ? new WriteResult(error, 0)
            : new WriteResult(null, answer.Read(Address, V1Answer.ReadVersion).Number);
    }

    private RegistryUpdate ReadUpdate(in ServerEvent next)
    {
        try
        {
            RegistryUpdate update = _reader.ReadUpdate(next.Data.Span);
            return RegistryVersion.TryParse(next.Id, out RegistryVersion version) ? update with { Version = version } : update;
        }
        catch (JsonException e)
        {
            string what = $"{Address} sent an event that no registry does: {RegistryError.Shown(e.Message, 200)}";
            throw _life.Break(new LinkException(LinkFailure.Protocol, what, e));
        }
    }

    private async Task AcknowledgeAsync(string subscription, RegistryVersion version, CancellationToken cancellation)
    {
        HttpContent body = Json(json =>
        {
            json.WriteStartObject();
            json.WriteString(V1Member.Subscription.Name(), subscription);
            json.WriteString(V1Member.Version.Name(), version.ToString());
            json.WriteEndObject();
        });
        await AskAsync(_writes, HttpMethod.Post, "/v1/acknowledge", body, cancellation).ConfigureAwait(false);
    }

    private Task<HttpAnswer> AskAsync(HttpLane lane, HttpMethod method, string target, HttpContent? body, CancellationToken cancellation) =>
        _life.GuardAsync(_options.CallTimeout, token => lane.SendAsync(method, target, body, token), cancellation);

    private async Task<HttpResponseMessage> OpenAsync(string target, CancellationToken cancellation)
    {
        (HttpResponseMessage response, HttpAnswer? refused) = await _life.GuardAsync(
                _options.CallTimeout,
                token => _watches.OpenAsync(target, token),
                cancellation
            )
            .ConfigureAwait(false);
        if (refused is null)
        {
            return response;
        }

        response.Dispose();
        throw refused.Failure(Address);
    }

    /// <summary>The next event that says something.</summary>
    private async ValueTask<ServerEvent> NextAsync(EventReader events, CancellationToken cancellation)
    {
        while (true)
        {
            ServerEvent? next = await _life.GuardAsync(_options.SilenceTimeout, token => events.NextAsync(token).AsTask(), cancellation)
                .ConfigureAwait(false);
            if (next is null)
            {
                throw _life.Break(new LinkException(LinkFailure.Closed, $"{Address} ended the watch."));
            }

            if (next != ServerEvent.Comment)
            {
                return next.Value;
            }
        }
    }
}
