using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Rollcall.Configuration;
using Rollcall.Server.Access;
using Rollcall.Server.Clustering;
using Rollcall.Server.Tls;

namespace Rollcall.Server;

/// <summary>What people read when the options are wrong: all problems, each with its key, value, source and way out.</summary>
internal static partial class ProblemReport
{
    /// <summary>Words in a key whose value is not repeated: the password of a certificate, or what was meant for something else.</summary>
    private static readonly string[] s_secretive = ["PASSWORD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY"];

    public static void Write(
        TextWriter errors,
        IReadOnlyCollection<ConfigurationProblem> problems,
        IConfigurationRoot configuration
    )
    {
        errors.WriteLine($"rollcall-server did not start: {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}.");
        errors.WriteLine();
        foreach (ConfigurationProblem problem in problems)
        {
            string value = ValueOf(problem);
            string source = ConfigurationSources.SourceOf(configuration, problem.Key) is { } name ? $"  [{name}]" : "";
            errors.WriteLine($"  {problem.Key}{value}{source}");
            errors.WriteLine($"      {problem.Text}");
        }

        errors.WriteLine();
        errors.WriteLine("rollcall-server --options lists every option.");
    }

    /// <summary>A problem as a line of the log.</summary>
    public static string Line(ConfigurationProblem problem) => $"{problem.Key}{ValueOf(problem)}: {problem.Text}";

    private static string ValueOf(ConfigurationProblem problem) => problem.Value is { } text ? $" = {Shown(problem.Key, text)}" : "";

    /// <summary>Where secrets are at home what is shown is listed: the name of a secret can be misspelled.</summary>
    private static readonly string[] s_paths =
    [
        CredentialSources.FileKey,
        CertificateFiles.CertificateKey,
        CertificateFiles.KeyKey,
        CertificateFiles.ClientAuthoritiesKey,
        ClusterSettings.AuthoritiesKey,
    ];

    private static string Shown(string key, string value) =>
        IsSecretive(key) && !s_paths.Contains(key, StringComparer.OrdinalIgnoreCase)
            ? "(hidden)"
            : UserInfo().Replace(value, "//(hidden)@");

    private static bool IsSecretive(string key) =>
        key.StartsWith(ServerSettings.TlsSection + ":", StringComparison.OrdinalIgnoreCase)
        || s_secretive.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>User and password in a URL, however they are misspelled.</summary>
    [GeneratedRegex(@"//\S*@")]
    private static partial Regex UserInfo();
}
