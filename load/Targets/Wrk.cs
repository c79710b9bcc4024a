using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Rollcall.Load.Targets;

/// <summary>A load generator that is not ours, for a second opinion on a figure over HTTP.</summary>
/// <remarks>Source: wrk (Glozer), package of the same name. Closed loop, one thread, as many connections as our own driver.</remarks>
internal static partial class Wrk
{
    private const string Program = "wrk";

    /// <summary>How to say that it is missing.</summary>
    public const string Missing = "wrk is not installed here (apt-get install wrk), so no other load generator had its say.";

    /// <summary>True if it can be run.</summary>
    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Program)));

    /// <summary>Sends PUT requests without a body, path by path in turn, for a time.</summary>
    /// <returns>How many were answered with 200.</returns>
    /// <exception cref="InvalidOperationException">It does not run, or some answers were not 200: what it printed.</exception>
    public static async Task<long> PutAsync(Uri server, IEnumerable<string> paths, int connections, TimeSpan during)
    {
        string script = Path.Combine(Path.GetTempPath(), $"rollcall-load-{Guid.NewGuid():N}.lua");
        string list = string.Join(",\n", paths.Select(path => $"\"{path}\""));
        await File.WriteAllTextAsync(
            script,
            $$"""
            local paths = { {{list}} }
            local next = 0
            request = function()
              next = next % #paths + 1
              return wrk.format("PUT", paths[next], { ["Content-Length"] = "0" })
            end
            """
        );
        try
        {
            string seconds = ((int)during.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            string many = connections.ToString(CultureInfo.InvariantCulture);
            using Process wrk = Process.Start(
                new ProcessStartInfo(Program, ["-t1", "-c", many, "-d", seconds, "-s", script, server.GetLeftPart(UriPartial.Authority)])
                {
                    RedirectStandardOutput = true,
                }
            )!;
            string printed = await wrk.StandardOutput.ReadToEndAsync();
            await wrk.WaitForExitAsync();
            return wrk.ExitCode == 0 && RequestsIn(printed) is { } requests ? requests : throw new InvalidOperationException($"wrk says:\n{printed}");
        }
        finally
        {
            File.Delete(script);
        }
    }

    /// <summary>How many requests it says were answered; null: it says nothing of that, or that some went wrong.</summary>
    public static long? RequestsIn(string printed) =>
        Requests().Match(printed) is { Success: true } match && !Errors().IsMatch(printed)
            ? long.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture)
            : null;

    [GeneratedRegex(@"^\s*(?<count>\d+) requests in ", RegexOptions.Multiline)]
    private static partial Regex Requests();

    [GeneratedRegex("Non-2xx|Socket errors")]
    private static partial Regex Errors();
}
