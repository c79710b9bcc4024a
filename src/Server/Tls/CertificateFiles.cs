using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Rollcall.Configuration;
using Rollcall.Core.Seams;

namespace Rollcall.Server.Tls;

/// <summary>Reads the files that <see cref="TlsSettings"/> names. What is wrong with them becomes problems; no password is repeated.</summary>
internal static class CertificateFiles
{
    public const string CertificateKey = ServerSettings.TlsSection + ":" + nameof(TlsSettings.Certificate);
    public const string KeyKey = ServerSettings.TlsSection + ":" + nameof(TlsSettings.Key);
    public const string ClientAuthoritiesKey = ServerSettings.TlsSection + ":" + nameof(TlsSettings.ClientAuthorities);

    private const string ForClients = "1.3.6.1.5.5.7.3.2";
    private const string PemBegin = "-----BEGIN ";

    /// <summary>Who renews by hand needs some weeks; who renews by a tool does so a month before the end.</summary>
    private static readonly TimeSpan s_renewalTime = TimeSpan.FromDays(21);

    /// <summary>The certificates; null if none is named, or if there are problems.</summary>
    public static TlsOptions? Read(
        TlsSettings settings,
        ICollection<ConfigurationProblem> problems,
        ICollection<string> warnings
    )
    {
        X509Certificate2Collection? authorities = Try(settings.ClientAuthorities, ClientAuthoritiesKey, ReadAuthorities, problems);
        X509Certificate2Collection? chain = Try(settings.Certificate, CertificateKey, path => ReadChain(path, settings), problems);
        if (settings.Certificate.Length == 0 && (settings.Key + settings.ClientAuthorities).Length > 0)
        {
            string key = settings.Key.Length > 0 ? KeyKey : ClientAuthoritiesKey;
            problems.Add(new(key, null, "is of no use without the server's certificate: add --tls-certificate FILE."));
        }

        if (chain is null)
        {
            return null;
        }

        X509Certificate2 own = chain.First(certificate => certificate.HasPrivateKey);
        WarnOfAge(own, settings.Certificate, DateTime.Now, warnings);
        return new TlsOptions(own, authorities, [.. chain.Where(certificate => certificate != own)]);
    }

    /// <summary>Authorities in a file; null if none is named, or if there are problems.</summary>
    public static X509Certificate2Collection? Authorities(string path, string key, ICollection<ConfigurationProblem> problems) =>
        Try(path, key, ReadAuthorities, problems);

    /// <summary>True if a certificate is good to prove a client, as far as it says.</summary>
    public static bool IsForClients(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().All(
            uses => uses.EnhancedKeyUsages.Cast<Oid>().Any(use => use.Value == ForClients)
        );

    private static void WarnOfAge(X509Certificate2 certificate, string path, DateTime now, ICollection<string> warnings)
    {
        string? warning =
            now > certificate.NotAfter ? "is no longer valid; clients will refuse it. It ended on"
            : now < certificate.NotBefore ? "is not valid yet; clients will refuse it. It begins on"
            : certificate.NotAfter - now < s_renewalTime ? "soon has to be replaced, which takes a restart. It ends on"
            : null;
        if (warning is not null)
        {
            DateTime day = now < certificate.NotBefore ? certificate.NotBefore : certificate.NotAfter;
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The certificate in {path} {warning} {day:yyyy-MM-dd}"));
        }
    }

    private static X509Certificate2Collection? Try(
        string path,
        string key,
        Func<string, X509Certificate2Collection> read,
        ICollection<ConfigurationProblem> problems
    )
    {
        if (path.Length == 0)
        {
            return null;
        }

        try
        {
            return read(path);
        }
        catch (CertificateFileException exception)
        {
            problems.Add(new(exception.Key ?? key, exception.Path ?? path, exception.Message));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(key, path, FileProblem.Of(exception)));
        }

        return null;
    }

    private static X509Certificate2Collection ReadAuthorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        ImportPem(authorities, File.ReadAllText(path));
        return authorities.Count > 0 ? authorities : throw new CertificateFileException("holds no certificate in PEM.");
    }

    /// <summary>The server's certificate, with its key, and whatever stands behind it.</summary>
    private static X509Certificate2Collection ReadChain(string path, TlsSettings settings)
    {
        byte[] content = File.ReadAllBytes(path);
        return content.AsSpan().IndexOf("-----BEGIN "u8) >= 0
            ? ReadPem(Encoding.UTF8.GetString(content), settings)
            : ReadPfx(content, settings);
    }

    private static X509Certificate2Collection ReadPfx(byte[] content, TlsSettings settings)
    {
        try
        {
            X509Certificate2Collection chain = X509CertificateLoader.LoadPkcs12Collection(content, settings.Password);
            return chain.Any(certificate => certificate.HasPrivateKey)
                ? chain
                : throw new CertificateFileException("holds no certificate with a private key.");
        }
        catch (CryptographicException)
        {
            throw new CertificateFileException(
                "is neither PEM nor a PFX that opens: it is damaged, or its password (Rollcall:Tls:Password) is missing or wrong."
            );
        }
    }

    private static X509Certificate2Collection ReadPem(string text, TlsSettings settings)
    {
        var chain = new X509Certificate2Collection();
        ImportPem(chain, text);
        if (chain.Count == 0)
        {
            throw new CertificateFileException("holds no certificate. If it is the key, name it with --tls-key.");
        }

        chain[0] = WithKey(chain[0], text, settings);
        return chain;
    }

    private static void ImportPem(X509Certificate2Collection certificates, string text)
    {
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            throw new CertificateFileException("holds a certificate that is damaged.");
        }
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate, string text, TlsSettings settings)
    {
        string? keyFile = settings.Key.Length > 0 ? settings.Key : null;
        string? named = keyFile is null ? null : KeyKey;
        string keyText;
        try
        {
            keyText = keyFile is null ? text : File.ReadAllText(keyFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CertificateFileException(FileProblem.Of(exception), named, keyFile);
        }

        if (!keyText.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new CertificateFileException(
                keyFile is null ? "holds no private key: name its file with --tls-key FILE." : "holds no private key in PEM.",
                named,
                keyFile
            );
        }

        try
        {
            string pem = certificate.ExportCertificatePem();
            return keyText.Contains(PemBegin + "ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
                ? X509Certificate2.CreateFromEncryptedPem(pem, keyText, settings.Password)
                : X509Certificate2.CreateFromPem(pem, keyText);
        }
        catch (ArgumentException)
        {
            throw new CertificateFileException("is not the private key of the certificate.", named, keyFile);
        }
        catch (CryptographicException)
        {
            throw new CertificateFileException(
                "holds a private key that is damaged, or not that of the certificate, or its password (Rollcall:Tls:Password) is missing or wrong.",
                named,
                keyFile
            );
        }
    }

    /// <summary>A file that is there and is not what it should be: a sentence without its subject, the file.</summary>
    private sealed class CertificateFileException(string message, string? key = null, string? path = null) : Exception(message)
    {
        /// <summary>The option that names the file, if it is not the one asked for.</summary>
        public string? Key { get; } = key;

        public string? Path { get; } = path;
    }
}
