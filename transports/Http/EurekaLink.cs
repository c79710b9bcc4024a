using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.Eureka;
using Rollcall.Transports.Http.Linking;
using Rollcall.Transports.Http.Polling;

namespace Rollcall.Transports.Http;

/// <summary>A link to a Eureka server, Java's or any other: so that a client can move before its server does.</summary>
/// <remarks>
/// <para>
/// What Eureka has is done as its own clients do it. What it has not is refused with <see cref="LinkFailure.NotSupported"/>: handles
/// (<see cref="RegisterAsync"/> gives <see cref="LeaseHandle.IsNone"/>: renew by key) and acknowledgements. A watch polls.
/// </para>
/// <para>
/// Versions are those of this link's copies (<see cref="EurekaCopy"/>): good for <see cref="ReadDeltaAsync"/> after a read of all, and for
/// nothing else. <see cref="RegisterResult.Created"/> is not known: false. Zone, region and weight travel as metadata.
/// </para>
/// <para>
/// Java's server lets nobody move between UP and OUT_OF_SERVICE by registering: the link looks whether the server took the status, and if
/// not goes there by way of STARTING, which it takes.
/// </para>
/// </remarks>
public sealed class EurekaLink : IRegistryLink
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    // Java checks no lengths and no ports: what a registry of ours would refuse is refused here, in the same words.
    private static readonly RegistryOptions s_limits = new();

    // As Eureka's own clients name themselves: servers count them.
    private static readonly (string, string)[] s_headers =
    [
        ("Accept", "application/json"),
        ("DiscoveryIdentity-Name", "RollcallClient"),
        ("DiscoveryIdentity-Version", "1"),
    ];

    private readonly EurekaLinkOptions _options;
    private readonly string _base;
    private readonly HttpLane _writes;
    private readonly EurekaReads _reads;
    private readonly LinkLife _life;
    private readonly SemaphoreSlim _copying = new(1); // guards _copy
    private readonly EurekaCopy _copy = new();
    private long _writesMade;

    private EurekaLink(EurekaAddress address, EurekaLinkOptions options)
    {
        _options = options;
        _base = address.BasePath;
        Address = address.Text;
        _life = new LinkLife(Address);
        _writes = new HttpLane(address.Root, options.Http, connectionsMax: 1, s_headers);
        var reads = new HttpLane(address.Root, options.Http, connectionsMax: 2, s_headers);
        _reads = new EurekaReads(reads, _life, address, options.Http.CallTimeout);
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public Task<LinkException> Closed => _life.Closed;

    /// <summary>Opens a link: finds out that a Eureka server answers there, and takes the credentials.</summary>
    /// <param name="address">See <see cref="EurekaAddress"/>.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ArgumentException">That is no address of a Eureka server.</exception>
    /// <exception cref="LinkException">Nobody answers there, or not as a Eureka server does; or it does not take the credentials.</exception>
    public static async Task<EurekaLink> ConnectAsync(Uri address, EurekaLinkOptions? options = null, CancellationToken cancellation = default)
    {
        if (!EurekaAddress.TryParse(address, out EurekaAddress? at, out string? problem))
        {
            throw new ArgumentException(problem, nameof(address));
        }

        var link = new EurekaLink(at, options ?? new EurekaLinkOptions());
        try
        {
            await link._reads.LookAsync(cancellation).ConfigureAwait(false);
            return link;
        }
        catch (LinkException e)
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw e.Failure is LinkFailure.Closed or LinkFailure.Protocol
                ? new LinkException(LinkFailure.Unreachable, e.Message, e.InnerException)
                : e;
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A link by address alone, for whoever has addresses from a configuration; https as <paramref name="trust"/> says, else as the system trusts.</summary>
    /// <exception cref="ArgumentException">That is no address of a Eureka server.</exception>
    /// <exception cref="LinkException">Nobody answers there, or not as a Eureka server does; or it does not take the credential.</exception>
    public static async ValueTask<IRegistryLink> OpenAsync(
        Uri address,
        LinkCredential? credential,
        TlsTrust? trust,
        CancellationToken cancellation
    ) => await ConnectAsync(address, new EurekaLinkOptions { Http = HttpLinkOptions.Of(credential, trust) }, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<RegisterResult> RegisterAsync(Registration registration, CancellationToken cancellation = default)
    {
        Registration whole = ForEureka.Complete(registration, _options.Time);
        RegistryError? refused = whole.Check(s_limits) ?? await PostAsync(whole, cancellation).ConfigureAwait(false);
        if (refused is null && whole.Status is InstanceStatus.Up or InstanceStatus.OutOfService)
        {
            refused = await InsistAsync(whole, cancellation).ConfigureAwait(false);
        }

        return refused is null ? new RegisterResult(null, default, NextWrite(), Created: false) : new RegisterResult(refused, default, 0, false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(LeaseHandle handle, CancellationToken cancellation = default) =>
        NotSupported<bool>("renew by handle: renew by service and id", cancellation);

    /// <inheritdoc/>
    public ValueTask<int> RenewAsync(ReadOnlyMemory<LeaseHandle> handles, Memory<int> unknown, CancellationToken cancellation = default) =>
        NotSupported<int>("renew by handle: renew by service and id", cancellation);

    /// <inheritdoc/>
    /// <remarks>Eureka says of an instance that it knows less of than the caller that it does not know it: register again.</remarks>
    public async ValueTask<RenewOutcome> RenewAsync(
        string service,
        string id,
        long? clientStamp = null,
        CancellationToken cancellation = default
    )
    {
        string stamp = clientStamp is { } number ? string.Create(CultureInfo.InvariantCulture, $"?lastDirtyTimestamp={number}") : "";
        HttpAnswer answer = await WriteAsync(HttpMethod.Put, PathOf(service, id) + stamp, null, cancellation).ConfigureAwait(false);
        return answer.IsSuccess ? RenewOutcome.Same
            : answer.Status == HttpStatusCode.NotFound ? RenewOutcome.Unknown
            : throw EurekaRefusals.Failure(Address, answer);
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> CancelAsync(string service, string id, CancellationToken cancellation = default) =>
        ChangeAsync("cancel", HttpMethod.Delete, service, id, "", cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> SetStatusAsync(
        string service,
        string id,
        InstanceStatus status,
        CancellationToken cancellation = default
    ) =>
        status == InstanceStatus.Unknown ? ClearStatusAsync(service, id, cancellation)
        : status > InstanceStatus.Unknown
            ? ValueTask.FromResult(new WriteResult(ForEureka.NoStatus(service, id, status), 0))
        : ChangeAsync("set the status of", HttpMethod.Put, service, id, $"/status?value={EurekaStatus.Text(status)}", cancellation);

    /// <inheritdoc/>
    /// <remarks>Java's server then shows UNKNOWN, until the owner has registered again at its next renewal.</remarks>
    public ValueTask<WriteResult> ClearStatusAsync(string service, string id, CancellationToken cancellation = default) =>
        ChangeAsync("clear the status of", HttpMethod.Delete, service, id, "/status", cancellation);

    /// <inheritdoc/>
    public ValueTask<WriteResult> SetMetadataAsync(
        string service,
        string id,
        IReadOnlyList<KeyValuePair<string, string>> pairs,
        CancellationToken cancellation = default
    ) => ChangeAsync("set metadata of", HttpMethod.Put, service, id, $"/metadata?{ForEureka.Query(pairs)}", cancellation);

    /// <inheritdoc/>
    public async ValueTask<Instance?> FindAsync(string service, string id, CancellationToken cancellation = default)
    {
        var copy = new EurekaCopy();
        copy.Replace(await _reads.OneAsync(PathOf(service, id), cancellation).ConfigureAwait(false));
        return copy.Snapshot().Instances is [var found] ? found : null;
    }

    /// <inheritdoc/>
    public async ValueTask<RegistryUpdate> ReadAsync(InstanceFilter filter, CancellationToken cancellation = default)
    {
        if (filter.Kind != FilterKind.All)
        {
            var part = new EurekaCopy();
            part.Replace(await _reads.PartAsync(filter, cancellation).ConfigureAwait(false));
            return part.Snapshot();
        }

        await _copying.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            _copy.Replace(await _reads.AllAsync(cancellation).ConfigureAwait(false));
            return _copy.Snapshot();
        }
        finally
        {
            _copying.Release();
        }
    }

    /// <inheritdoc/>
    /// <remarks>Of a version that this link's last read of all, or of changes, gave; of any other the changes are not kept.</remarks>
    public async ValueTask<DeltaRead> ReadDeltaAsync(RegistryVersion since, CancellationToken cancellation = default)
    {
        await _copying.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await _life.ThrowIfBrokenAsync().ConfigureAwait(false);
            if (_copy.Since(since) is null || !await _reads.CatchUpAsync(_copy, cancellation).ConfigureAwait(false) || _copy.Since(since) is not { } update)
            {
                return new DeltaRead(ForEureka.TooFarBehind(since), null);
            }

            return new DeltaRead(null, update);
        }
        finally
        {
            _copying.Release();
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Asked for are the changes, or, with a filter, what it names, every <see cref="EurekaLinkOptions.PollInterval"/>; each answer is an
    /// update, also if nothing has changed. If what was told and what the server's hash says differ, all is read again.
    /// </remarks>
    public IAsyncEnumerable<RegistryUpdate> WatchAsync(
        InstanceFilter filter,
        RegistryVersion since,
        CancellationToken cancellation = default
    ) => new EurekaWatch(_reads, _life, filter, _options).FollowAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask<AcknowledgedVersion> ReadAcknowledgedAsync(string service, CancellationToken cancellation = default) =>
        NotSupported<AcknowledgedVersion>("tell what subscribers have seen", cancellation);

    /// <inheritdoc/>
    /// <remarks>An id that nobody has: 404 is an answer, and no server caches it.</remarks>
    public async ValueTask PingAsync(CancellationToken cancellation = default) =>
        await _reads.OneAsync("/instances/rollcall-ping", cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _life.Dispose();
        _writes.Dispose();
        _reads.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<RegistryError?> PostAsync(Registration registration, CancellationToken cancellation)
    {
        string path = $"/apps/{Uri.EscapeDataString(ServiceName.Canonical(registration.Service))}";
        var body = new ArrayBufferWriter<byte>(2_048);
        new EurekaJsonEncoder(compact: false).WriteSingleInstance(body, ForEureka.View(registration));
        var content = new ReadOnlyMemoryContent(body.WrittenMemory) { Headers = { ContentType = s_json } };
        HttpAnswer answer = await WriteAsync(HttpMethod.Post, path, content, cancellation).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.NoContent ? null
            : answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge
                ? EurekaRefusals.BadInput($"Cannot register {RegistryError.Shown($"{registration.Service}/{registration.Id}")}", answer)
            : throw EurekaRefusals.Failure(Address, answer);
    }

    // Java keeps UP or OUT_OF_SERVICE whatever an owner says, unless it was something else in between.
    private async Task<RegistryError?> InsistAsync(Registration wanted, CancellationToken cancellation)
    {
        Instance? taken = await FindAsync(wanted.Service, wanted.Id, cancellation).ConfigureAwait(false);
        bool kept =
            taken is { Override: null, Status: InstanceStatus.Up or InstanceStatus.OutOfService } && taken.Status != wanted.Status;
        return kept
            ? await PostAsync(wanted with { Status = InstanceStatus.Starting }, cancellation).ConfigureAwait(false)
                ?? await PostAsync(wanted, cancellation).ConfigureAwait(false)
            : null;
    }

    private static string PathOf(string service, string id) =>
        $"/apps/{Uri.EscapeDataString(ServiceName.Canonical(service))}/{Uri.EscapeDataString(id)}";

    private ulong NextWrite() => (ulong)Interlocked.Increment(ref _writesMade);

    private async ValueTask<WriteResult> ChangeAsync(
        string verb,
        HttpMethod method,
        string service,
        string id,
        string rest,
        CancellationToken cancellation
    )
    {
        HttpAnswer answer = await WriteAsync(method, PathOf(service, id) + rest, null, cancellation).ConfigureAwait(false);
        return answer.IsSuccess ? new WriteResult(null, NextWrite())
            : answer.Status == HttpStatusCode.NotFound ? new WriteResult(EurekaRefusals.Unknown(verb, service, id), 0)
            : answer.Status == HttpStatusCode.BadRequest ? new WriteResult(EurekaRefusals.BadInput($"Cannot {verb} {service}/{id}", answer), 0)
            : throw EurekaRefusals.Failure(Address, answer);
    }

    private async ValueTask<T> NotSupported<T>(string what, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await _life.ThrowIfBrokenAsync().ConfigureAwait(false);
        throw new LinkException(LinkFailure.NotSupported, $"{Address} speaks Eureka's protocol, which cannot {what}.");
    }

    private Task<HttpAnswer> WriteAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation) =>
        _life.GuardAsync(_options.Http.CallTimeout, token => _writes.SendAsync(method, _base + path, body, token), cancellation);
}
