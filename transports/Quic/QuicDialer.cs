using System.IO.Pipelines;
using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Quic;

/// <summary>Connects to a node over QUIC: one connection, a stream for each lane, so that bulk never stands before heartbeats.</summary>
public sealed class QuicDialer(QuicDialerOptions options) : IWireDialer
{
    private QuicConnection? _connection;

    /// <inheritdoc/>
    public string Address { get; } =
        "quic://" + (options.Host.Contains(':', StringComparison.Ordinal) ? $"[{options.Host}]:{options.Port}" : $"{options.Host}:{options.Port}");

    /// <inheritdoc/>
    public int Lanes => 3;

    /// <inheritdoc/>
    public async ValueTask<IDuplexPipe> OpenLaneAsync(int lane, CancellationToken cancellation)
    {
        if (QuicSupport.Problem is { } problem)
        {
            throw new LinkException(LinkFailure.Unreachable, $"Cannot connect to {Address}: {problem}.");
        }

        string? refusal = null;
        try
        {
            _connection ??= await QuicConnection.ConnectAsync(ConnectionOptions(reason => refusal = reason), cancellation);
            QuicStream stream = await _connection.OpenOutboundStreamAsync(QuicStreamType.Bidirectional, cancellation);
            return new StreamLane(stream, () => _ = QuicLanes.CloseAsync(stream).AsTask());
        }
        catch (Exception e) when (e is QuicException or AuthenticationException or SocketException)
        {
            throw new LinkException(LinkFailure.Unreachable, $"Cannot connect to {Address}: {refusal ?? Describe(e) + Hint(e)}.", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection is null ? ValueTask.CompletedTask : QuicLanes.CloseAsync(_connection);

    private static string Describe(Exception exception) =>
        exception switch
        {
            QuicException { QuicError: QuicError.ConnectionRefused } => "nothing listens there",
            QuicException { QuicError: QuicError.ConnectionTimeout or QuicError.ConnectionIdle } => "nobody answers there",
            QuicException { QuicError: QuicError.AlpnInUse or QuicError.VersionNegotiationError } => "the server does not speak this protocol",
            _ => exception.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.'),
        };

    // Mostly that comes later: a server looks at the client's certificate last.
    private string Hint(Exception exception) =>
        exception is AuthenticationException && options.Trust.ClientCertificate is not null ? ". It may not take the certificate shown" : "";

    private QuicClientConnectionOptions ConnectionOptions(Action<string?> onRefusal) =>
        new()
        {
            RemoteEndPoint = IPAddress.TryParse(options.Host, out IPAddress? address)
                ? new IPEndPoint(address, options.Port)
                : new DnsEndPoint(options.Host, options.Port),
            DefaultCloseErrorCode = QuicLanes.Closed,
            DefaultStreamErrorCode = QuicLanes.Closed,
            MaxInboundBidirectionalStreams = 0,
            MaxInboundUnidirectionalStreams = 0,
            KeepAliveInterval = options.KeepAliveInterval,
            ClientAuthenticationOptions = new SslClientAuthenticationOptions
            {
                TargetHost = options.Host,
                ApplicationProtocols = [WireProtocol.Alpn],
                ClientCertificateContext = options.Trust.ClientCertificate is null
                    ? null
                    : SslStreamCertificateContext.Create(options.Trust.ClientCertificate, null, offline: true),
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    string? refusal = IsTrustedLoopback()
                        ? null
                        : ServerCheck.Refusal(options.Trust, certificate, chain, errors);
                    onRefusal(refusal);
                    return refusal is null;
                },
            },
        };

    /// <summary>By what is dialled: while the certificate is looked at, the connection does not know its other end yet.</summary>
    private bool IsTrustedLoopback() =>
        options.TrustLoopback
        && options.Trust is { Fingerprint: null, Authorities: null }
        && (IPAddress.TryParse(options.Host, out IPAddress? address) ? IPAddress.IsLoopback(address) : options.Host == "localhost");
}
