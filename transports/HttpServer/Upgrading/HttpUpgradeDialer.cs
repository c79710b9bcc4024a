using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.HttpServer.Upgrading;

/// <summary>Opens a lane of the wire through a node's HTTP port: the other end of <see cref="PeerUpgrade"/>.</summary>
/// <param name="node">Scheme, host and port of the node.</param>
/// <param name="authorization">Shown with the request; null: nothing is.</param>
/// <param name="trust">Which server an https address means, and what to show it.</param>
public sealed class HttpUpgradeDialer(Uri node, AuthenticationHeaderValue? authorization, TlsTrust trust) : IWireDialer
{
    private SocketsHttpHandler? _handler;

    /// <inheritdoc/>
    public string Address { get; } = node.GetLeftPart(UriPartial.Authority);

    /// <inheritdoc/>
    public int Lanes => 1;

    /// <inheritdoc/>
    public async ValueTask<IDuplexPipe> OpenLaneAsync(int lane, CancellationToken cancellation)
    {
        string? refusal = null;
        _handler = HandlerOf(trust, reason => refusal = reason);
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, "/v1/peer")) { Version = HttpVersion.Version11 };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(ProductHeaderValue.Parse(PeerUpgrade.Protocol));
        request.Headers.Authorization = authorization;
        try
        {
            HttpResponseMessage response = await invoker.SendAsync(request, cancellation);
            if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
            {
                Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
                return new StreamLane(stream, response.Dispose);
            }

            using (response)
            {
                throw Refused(response);
            }
        }
        catch (HttpRequestException e)
        {
            throw new LinkException(LinkFailure.Unreachable, $"Cannot connect to {Address}: {refusal ?? Describe(e)}.", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _handler?.Dispose();
        return ValueTask.CompletedTask;
    }

    private LinkException Refused(HttpResponseMessage response)
    {
        LinkFailure failure = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => LinkFailure.NotAuthenticated,
            HttpStatusCode.Forbidden => LinkFailure.NotAllowed,
            HttpStatusCode.NotFound or HttpStatusCode.UpgradeRequired or HttpStatusCode.OK => LinkFailure.Protocol,
            _ => LinkFailure.Unavailable,
        };
        string why = response.Headers.TryGetValues(Names.Reason, out IEnumerable<string>? reasons) ? reasons.First() : "it is no registry that takes peers";
        return new LinkException(failure, $"{Address} answers {(int)response.StatusCode}: {why.TrimEnd('.')}.");
    }

    // Under TLS a server looks at the client's certificate last: one that does not take it is there, and is gone.
    private string Describe(HttpRequestException e)
    {
        bool isGone = e.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.Unknown;
        string why = e.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.');
        return isGone && trust.ClientCertificate is not null ? $"{why}. It may not take the certificate shown" : why;
    }

    private static SocketsHttpHandler HandlerOf(TlsTrust trust, Action<string?> onRefusal) =>
        new()
        {
            AllowAutoRedirect = false, // a redirect would carry the credentials away
            UseCookies = false,
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                ClientCertificates = trust.ClientCertificate is { } certificate ? [certificate] : null,
                RemoteCertificateValidationCallback = (_, shown, chain, errors) =>
                {
                    string? refusal = ServerCheck.Refusal(trust, shown, chain, errors);
                    onRefusal(refusal);
                    return refusal is null;
                },
            },
        };
}
