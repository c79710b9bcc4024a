using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Rollcall.Core.Access;
using Rollcall.Server;
using Rollcall.Testing.Support;
using static Rollcall.Interop.Tests.Configured;

namespace Rollcall.Interop.Tests;

/// <summary>Certificates, credentials and the rule that joins them, as the server's options name them. In process.</summary>
public sealed class SecurityOptionsTests : IDisposable
{
    private const string Token = "5f1d7a84e2b94c6f8a03d1e75b6c2f90";
    private const string Beyond = "http://0.0.0.0:8761";

    private readonly string _folder = Directory.CreateTempSubdirectory("rollcall-").FullName;
    private readonly TestAuthority _authority = new();
    private readonly X509Certificate2 _certificate;

    public SecurityOptionsTests() => _certificate = _authority.IssueServer();

    private string CertificateFile => Write("server.pem", _certificate.ExportCertificatePem());

    private string KeyFile => Write("server.key", KeyPem);

    private string CredentialFile => Write("credentials", $"# operators\nalice operator token {Token}\n");

    private string KeyPem => _certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_certificate_and_its_key_come_from_two_files_or_from_one()
    {
        string both = Write("both.pem", KeyPem + "\n" + _certificate.ExportCertificatePem());
        Assert.Equal(_certificate.Thumbprint, ReadCertificate("--tls-certificate", CertificateFile, "--tls-key", KeyFile));
        Assert.Equal(_certificate.Thumbprint, ReadCertificate("--tls-certificate", both));
    }

    [Fact]
    public void Intermediates_stand_behind_the_certificate()
    {
        string chain = Write("fullchain.pem", _certificate.ExportCertificatePem() + "\n" + _authority.Certificate.ExportCertificatePem());
        ServerSettings settings = ReadSettings("--tls-certificate", chain, "--tls-key", KeyFile);
        Assert.Equal(_certificate.Thumbprint, settings.Tls!.Certificate.Thumbprint);
        Assert.Equal(_authority.Certificate.Thumbprint, Assert.Single(settings.Tls.Intermediates!).Thumbprint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a password")]
    public void A_certificate_and_its_key_come_from_a_PFX_with_its_password_in_the_environment(string password)
    {
        string file = Path.Combine(_folder, "server.pfx");
        File.WriteAllBytes(file, _certificate.Export(X509ContentType.Pfx, password));
        using var set = new EnvironmentVariable("Rollcall__Tls__Password", password);
        Assert.Equal(_certificate.Thumbprint, ReadCertificate("--tls-certificate", file));
    }

    [Fact]
    public void An_encrypted_key_opens_with_its_password()
    {
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        string key = Write("locked.key", _certificate.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem("sesame", encryption));
        using var set = new EnvironmentVariable("Rollcall__Tls__Password", "sesame");
        Assert.Equal(_certificate.Thumbprint, ReadCertificate("--tls-certificate", CertificateFile, "--tls-key", key));
    }

    [Fact]
    public async Task What_is_wrong_with_certificates_is_said_file_by_file()
    {
        string damaged = Write("damaged.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        using X509Certificate2 other = _authority.IssueServer();
        string otherKey = Write("other.key", other.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        string pfx = Path.Combine(_folder, "server.pfx");
        File.WriteAllBytes(pfx, _certificate.Export(X509ContentType.Pfx, "hunter2"));

        await RefusesAsync("there is no such file", "--tls-certificate", Path.Combine(_folder, "absent.pem"));
        await RefusesAsync("it is a folder", "--tls-certificate", _folder);
        await RefusesAsync("holds no private key: name its file with --tls-key FILE", "--tls-certificate", CertificateFile);
        await RefusesAsync("holds no certificate. If it is the key", "--tls-certificate", KeyFile);
        await RefusesAsync("a certificate that is damaged", "--tls-certificate", damaged);
        await RefusesAsync("is neither PEM nor a PFX that opens", "--tls-certificate", Write("x", "no certificate at all"));
        await RefusesAsync("is neither PEM nor a PFX that opens", "--tls-certificate", pfx, "--Rollcall:Tls:Password", "wrong-one");
        await RefusesAsync("is not the private key of", "--tls-certificate", CertificateFile, "--tls-key", otherKey);
        await RefusesAsync("holds no private key in PEM", "--tls-certificate", CertificateFile, "--tls-key", CertificateFile);
        await RefusesAsync("Rollcall:Tls:Key", "--tls-certificate", CertificateFile, "--tls-key", Path.Combine(_folder, "absent"));
        await RefusesAsync("of no use without the server's certificate", "--tls-key", KeyFile);
        await RefusesAsync("of no use without the server's certificate", "--client-ca", CertificateFile);
        await RefusesAsync(
            "Rollcall:Tls:ClientAuthorities",
            "--tls-certificate",
            CertificateFile,
            "--tls-key",
            KeyFile,
            "--client-ca",
            KeyFile
        );
    }

    [Theory]
    [InlineData(-1, "is no longer valid")]
    [InlineData(5, "soon has to be replaced")]
    [InlineData(100, null)]
    public void A_certificate_that_ends_is_warned_about(int days, string? expected)
    {
        using X509Certificate2 certificate = _authority.IssueServer(ends: DateTimeOffset.UtcNow.AddDays(days).AddHours(1));
        string file = Write("aging.pem", certificate.ExportCertificatePem());
        string key = Write("aging.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        IReadOnlyList<string> warnings = ReadSettings("--tls-certificate", file, "--tls-key", key).Warnings;
        Assert.Equal(expected is null ? 0 : 1, warnings.Count);
        Assert.All(warnings, warning => Assert.Contains(expected!, warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Credentials_come_from_the_file_and_from_the_environment()
    {
        string other = string.Concat(Token.Reverse());
        using var set = new EnvironmentVariable("ROLLCALL_CREDENTIALS", $"bob reader token {other}; # the rest\n");
        AccessPolicy access = ReadSettings("--credentials", CredentialFile).Access;
        Assert.Equal("alice", access.ByToken(Encoding.ASCII.GetBytes(Token))?.Name);
        Assert.Equal("bob", access.ByToken(Encoding.ASCII.GetBytes(other))?.Name);
    }

    [Fact]
    public async Task Wrong_credentials_are_all_named_by_line_and_none_is_repeated()
    {
        string file = Write("credentials", $"alice operator token {Token}\nbob reeder token hunter2hunter2hunter2\ncarol reader token hunter2\n");
        using var set = new EnvironmentVariable("ROLLCALL_CREDENTIALS", "dave hunter2");
        (int exitCode, string errors) = await RefuseAsync("--credentials", file);
        Assert.Equal(2, exitCode);
        Assert.Contains("3 problems", errors, StringComparison.Ordinal);
        Assert.Contains(file, errors, StringComparison.Ordinal);
        Assert.Contains("line 2: its second word is no role", errors, StringComparison.Ordinal);
        Assert.Contains("line 3: its token has 7 characters", errors, StringComparison.Ordinal);
        Assert.Contains("ROLLCALL_CREDENTIALS  [environment]\n      line 1: has 2 words", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_where_its_file_is_wanted_is_not_repeated()
    {
        (_, string errors) = await RefuseAsync("--credentials", $"alice reader token {Token}");
        Assert.Contains("there is no such file", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_that_were_left_empty_do_not_open_the_registry()
    {
        await RefusesAsync("holds no credential", "--credentials", Write("empty", "# nobody yet\n"));
        using var set = new EnvironmentVariable("ROLLCALL_CREDENTIALS", " ");
        await RefusesAsync("is set and holds no credential");
    }

    [Fact]
    public async Task A_certificate_as_credential_needs_an_authority_that_clients_are_asked_for()
    {
        string fingerprint = _certificate.GetCertHashString(HashAlgorithmName.SHA256);
        string file = Write("credentials", $"edge peer certificate {fingerprint}\n");
        await RefusesAsync("add --client-ca FILE", "--credentials", file);

        string authority = Write("ca.pem", _authority.Certificate.ExportCertificatePem());
        string[] tls = ["--tls-certificate", CertificateFile, "--tls-key", KeyFile, "--client-ca", authority];
        ServerSettings settings = ReadSettings([.. tls, "--credentials", file]);
        Assert.Equal("edge", settings.Access.ByCertificate(fingerprint)?.Name);
        Assert.Equal(_authority.Certificate.Thumbprint, Assert.Single(settings.Tls!.ClientAuthorities!).Thumbprint);
    }

    [Fact]
    public void A_credential_file_that_everyone_may_read_is_warned_about()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string file = CredentialFile;
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains($"chmod 600 {file}", Assert.Single(ReadSettings("--credentials", file).Warnings), StringComparison.Ordinal);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Empty(ReadSettings("--credentials", file).Warnings);
    }

    [Fact]
    public async Task Beyond_this_machine_it_wants_TLS_and_a_credential_and_names_what_is_missing()
    {
        string[] credentials = ["--credentials", CredentialFile];
        await RefusesAsync("add --credentials FILE and listen on https:", "--http", Beyond);
        await RefusesAsync("127.0.0.1, or listen on https:", ["--http", Beyond, .. credentials]);

        ServerSettings insecure = ReadSettings("--http", Beyond, "--insecure");
        string warning = Assert.Single(insecure.Warnings);
        Assert.Contains("anyone who can connect may register and cancel, and everything sent", warning, StringComparison.Ordinal);
    }

    private static async Task RefusesAsync(string expected, params string[] args)
    {
        (int exitCode, string errors) = await RefuseAsync(args);
        Assert.Equal(2, exitCode);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("1 problem.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", errors, StringComparison.Ordinal);
    }

    private static string ReadCertificate(params string[] args)
    {
        X509Certificate2 certificate = ReadSettings(args).Tls!.Certificate;
        Assert.True(certificate.HasPrivateKey);
        return certificate.Thumbprint;
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }
}
