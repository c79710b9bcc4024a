using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rollcall.Testing.Support;

/// <summary>An authority that exists for one test, and the certificates that it issues.</summary>
/// <remarks>Every certificate has its private key with it and belongs to the caller.</remarks>
public sealed class TestAuthority : IDisposable
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    private int _serial;

    public TestAuthority(string name = "Rollcall test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-3), DateTimeOffset.UtcNow.AddYears(2));
    }

    /// <summary>The authority's own.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>For a server at loopback or <paramref name="host"/>, valid from two days ago until <paramref name="ends"/>: in a year.</summary>
    public X509Certificate2 IssueServer(string host = "localhost", DateTimeOffset? ends = null) =>
        Issue(host, [ForServers], NamesOf(host, atLoopback: true), ends);

    /// <summary>For a node of a cluster, which is a server and a client, at <paramref name="host"/> and, if so said, at loopback.</summary>
    public X509Certificate2 IssueNode(string host, bool atLoopback = true, DateTimeOffset? ends = null) =>
        Issue(host, [ForServers, ForClients], NamesOf(host, atLoopback), ends);

    /// <summary>For a client, valid from two days ago until <paramref name="ends"/>: in a year.</summary>
    public X509Certificate2 IssueClient(string name, DateTimeOffset? ends = null) => Issue(name, [ForClients], null, ends);

    public void Dispose() => Certificate.Dispose();

    private static X509Extension NamesOf(string host, bool atLoopback)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (atLoopback)
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
        }

        return names.Build();
    }

    private X509Certificate2 Issue(string name, string[] purposes, X509Extension? names, DateTimeOffset? ends)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. purposes.Select(purpose => new Oid(purpose))], critical: false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        using X509Certificate2 issued = request.Create(
            Certificate,
            DateTimeOffset.UtcNow.AddDays(-2),
            ends ?? DateTimeOffset.UtcNow.AddYears(1),
            BitConverter.GetBytes(++_serial)
        );
        return issued.CopyWithPrivateKey(key);
    }
}
