using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Rollcall.Hosting.Configuration;

namespace Rollcall.Server;

/// <summary>What people read when the options are wrong: all problems, each with its key, value, source and way out.</summary>
internal static partial class ProblemReport
{
    private static readonly string[] s_secretive = ["PASSWORD", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY"];

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
            string value = problem.Value is { } text ? $" = {Shown(problem.Key, text)}" : "";
            string source = ConfigurationSources.SourceOf(configuration, problem.Key) is { } name ? $"  [{name}]" : "";
            errors.WriteLine($"  {problem.Key}{value}{source}");
            errors.WriteLine($"      {problem.Text}");
        }

        errors.WriteLine();
        errors.WriteLine("rollcall-server --options lists every option.");
    }

    /// <summary>No option is a secret yet; a key that looks like one was meant for something that does not exist.</summary>
    private static string Shown(string key, string value) =>
        s_secretive.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase))
            ? "(hidden)"
            : UserInfo().Replace(value, "//(hidden)@");

    /// <summary>User and password in a URL.</summary>
    [GeneratedRegex("//[^/@]*@")]
    private static partial Regex UserInfo();
}
