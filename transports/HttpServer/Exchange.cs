using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Rollcall.Core.Access;
using Rollcall.Transports.Http.V1;
using Rollcall.Transports.HttpServer.Access;

namespace Rollcall.Transports.HttpServer;

/// <summary>One request and its answer.</summary>
/// <remarks>
/// <para>Owner: one connection, which reuses it; one request at a time (HTTP/1.1).</para>
/// <para>Cost: answers without a body allocate nothing here: their header values are static.</para>
/// </remarks>
internal sealed class Exchange
{
    private IFeatureCollection _features = null!;
    private IHttpRequestFeature _request = null!;
    private IHttpResponseFeature _response = null!;
    private ReadOnlyMemory<byte> _body;

    /// <summary>What the request asks for, as a metric's label; set by the dispatcher.</summary>
    public string Operation { get; set; } = HttpMeter.OtherOperation;

    /// <summary>Who asks; set by <see cref="Gate"/>.</summary>
    public Principal Caller { get; set; } = Principal.Nobody;

    /// <summary>Who the connection's last request came from; null if nobody looked.</summary>
    public Identity? Identity { get; set; }

    /// <summary>True if refusals are JSON, as everything below <c>/v1</c> is; set by the dispatcher.</summary>
    public bool IsNative { get; set; }

    /// <summary>When it began, in ticks of the stopwatch; 0 if nobody measures.</summary>
    public long StartedAt { get; private set; }

    public string Method => _request.Method;

    public string Target => _request.RawTarget;

    public IHeaderDictionary RequestHeaders => _request.Headers;

    public IHeaderDictionary Headers => _response.Headers;

    public int Status
    {
        get => _response.StatusCode;
        set => _response.StatusCode = value;
    }

    /// <summary>How the connection can become another protocol's; null if it cannot.</summary>
    public IHttpUpgradeFeature? Upgrade => _features.Get<IHttpUpgradeFeature>();

    /// <summary>Where the caller is, for logs.</summary>
    public string Remote => _features.Get<IHttpConnectionFeature>() is { RemoteIpAddress: { } address, RemotePort: var port }
        ? new IPEndPoint(address, port).ToString()
        : "";

    /// <summary>True if a body waits to be sent.</summary>
    public bool HasBody => !_body.IsEmpty;

    public bool HasStarted => _response.HasStarted;

    public bool IsHead => _request.Method == Methods.Head;

    public PipeReader Reader => _features.Get<IRequestBodyPipeFeature>()!.Reader;

    public bool CanHaveBody => _features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;

    public CancellationToken Aborted => _features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;

    /// <summary>What the caller showed when the connection was made; null without TLS, or if it showed none.</summary>
    public X509Certificate2? ClientCertificate => _features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    /// <summary>True if a peer registry says that it passes this on: exactly as Eureka compares it. Of others the word does not count.</summary>
    public bool IsReplication =>
        Caller.May(RegistryOperation.Replicate)
        && RequestHeaders.TryGetValue(Names.Replication, out StringValues value) && value.Count > 0 && value[0] == "true";

    public void Begin(IFeatureCollection features, long startedAt)
    {
        _features = features;
        _request = features.Get<IHttpRequestFeature>()!;
        _response = features.Get<IHttpResponseFeature>()!;
        _body = default;
        StartedAt = startedAt;
        Operation = HttpMeter.OtherOperation;
        Caller = Principal.Nobody;
        IsNative = false;
    }

    public void Abort() => _features.Get<IHttpRequestLifetimeFeature>()!.Abort();

    /// <summary>Takes back what a handler has set, before anything was sent.</summary>
    public void Clear()
    {
        _response.Headers.Clear();
        _body = default;
    }

    /// <summary>Begins a body that the handler writes itself, piece by piece; status and headers are then sent.</summary>
    public async ValueTask<PipeWriter> StartBodyAsync()
    {
        IHttpResponseBodyFeature feature = _features.Get<IHttpResponseBodyFeature>()!;
        await feature.StartAsync(Aborted);
        return feature.Writer;
    }

    /// <summary>An answer without a body.</summary>
    public void Answer(int status) => Status = status;

    /// <summary>An answer without a body; the reason is in the header.</summary>
    public void AnswerEmpty(int status, StringValues reason)
    {
        Status = status;
        Headers[Names.Reason] = reason;
    }

    /// <summary>404: to Eureka's clients always without a body, because Java's newer ones decode any as an instance.</summary>
    public void NotFound(string reason, V1Error code = V1Error.NotFound)
    {
        if (IsNative)
        {
            Refuse(StatusCodes.Status404NotFound, reason, code);
        }
        else
        {
            AnswerEmpty(StatusCodes.Status404NotFound, Reason.ForHeader(reason));
        }
    }

    /// <summary>A refusal: the reason as text, and in the header as well; below <c>/v1</c> as JSON with a code for programs.</summary>
    public void Refuse(int status, string reason, V1Error? code = null)
    {
        AnswerEmpty(status, Reason.ForHeader(reason));
        if (IsNative)
        {
            Headers.CacheControl = Names.NoStore;
            Send(Names.Json, V1Errors.Body(code ?? ErrorMap.NativeOf(status), Reason.ForBody(reason)));
        }
        else
        {
            Send(Names.PlainText, Reason.ForBody(reason));
        }
    }

    /// <summary>A refusal after which the connection ends: the rest of the body is not wanted.</summary>
    public void RefuseAndClose(int status, string reason)
    {
        Headers.Connection = Names.Close;
        Refuse(status, reason);
    }

    /// <summary>
    /// An answer with a body that is at hand; the status is the caller's. It goes out when the handler is done.
    /// </summary>
    public void Send(StringValues contentType, ReadOnlyMemory<byte> body)
    {
        Headers.ContentType = contentType;
        Headers.XContentTypeOptions = Names.NoSniff;
        Headers.ContentLength = body.Length;
        _body = IsHead ? default : body;
    }

    /// <summary>Sends what <see cref="Send"/> has left.</summary>
    public async ValueTask SendBodyAsync()
    {
        if (HasBody)
        {
            await _features.Get<IHttpResponseBodyFeature>()!.Writer.WriteAsync(_body, Aborted);
        }
    }
}
