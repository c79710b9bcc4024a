using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rollcall.Transports.Quic;

/// <summary>A certificate that nobody vouches for: for this machine's own addresses, where encryption is part of the protocol.</summary>
internal static class SelfMadeCertificate
{
    /// <summary>Longer than a process runs: there is a new one, with a new key, at every start.</summary>
    private static readonly TimeSpan s_validity = TimeSpan.FromDays(3_650);

    private const string ForServers = "1.3.6.1.5.5.7.3.1";

    /// <summary>A new one, in memory only. Clients recognise it by its fingerprint.</summary>
    public static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Rollcall on this machine", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ForServers)], critical: false));

        // From an hour ago: clocks differ.
        DateTimeOffset from = DateTimeOffset.UtcNow.AddHours(-1);
        return request.CreateSelfSigned(from, from + s_validity);
    }
}
