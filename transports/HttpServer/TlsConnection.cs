using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.HttpServer;

/// <summary>TLS between the socket and HTTP, for every connection of a listener.</summary>
/// <remarks>
/// <para>
/// Kestrel's own needs a host with its services, which a transport does not have. This does what it does for HTTP/1.1: a handshake within a time
/// limit, then HTTP over the decrypted stream.
/// </para>
/// <para>Errors: a handshake that fails ends its connection and nothing else; why, is a line in the log, one a minute.</para>
/// </remarks>
internal sealed class TlsConnection(TlsOptions tls, TimeSpan handshakeTimeout, ConnectionDelegate next, HandshakeFailures failures)
{
    private readonly SslStreamCertificateContext _certificate = SslStreamCertificateContext.Create(
        tls.Certificate,
        tls.Intermediates,
        offline: true
    );

    public async Task ServeAsync(ConnectionContext connection)
    {
        IDuplexPipe encrypted = connection.Transport;
        await using var stream = new SslStream(new PipeStream(encrypted), leaveInnerStreamOpen: false);
        if (!await TryHandshakeAsync(stream, connection))
        {
            return;
        }

        var decrypted = new Duplex(
            PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true))
        );
        connection.Features.Set<ITlsConnectionFeature>(new Shown(stream.RemoteCertificate as X509Certificate2));
        connection.Transport = decrypted;
        try
        {
            await next(connection);
            await stream.ShutdownAsync();
        }
        catch (Exception e) when (e is IOException or ConnectionAbortedException or ConnectionResetException)
        {
            // The peer has gone; nothing is left to be said to it.
        }
        finally
        {
            await decrypted.Input.CompleteAsync();
            await decrypted.Output.CompleteAsync();
            connection.Transport = encrypted;
        }
    }

    private async Task<bool> TryHandshakeAsync(SslStream stream, ConnectionContext connection)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        deadline.CancelAfter(handshakeTimeout);
        string? refusal = null;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _certificate,
            ClientCertificateRequired = tls.ClientAuthorities is not null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, shown, chain, _) => (refusal = ClientCheck.Refusal(tls, shown, chain)) is null,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
        };
        try
        {
            await stream.AuthenticateAsServerAsync(options, deadline.Token);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or ConnectionAbortedException)
        {
            failures.Note(connection.RemoteEndPoint?.ToString() ?? "", refusal ?? e.Message);
            return false;
        }
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    private sealed class Shown(X509Certificate2? certificate) : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; } = certificate;

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }

    /// <summary>A duplex pipe as a stream, for <see cref="SslStream"/>, which reads and writes with memory only.</summary>
    private sealed class PipeStream(IDuplexPipe pipe) : Stream
    {
        private readonly Stream _input = pipe.Input.AsStream(leaveOpen: true);
        private readonly Stream _output = pipe.Output.AsStream(leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            _output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
