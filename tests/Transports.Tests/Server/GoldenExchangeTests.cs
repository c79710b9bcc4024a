using System.Text;
using Rollcall.Core;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Server;

/// <summary>
/// Whole exchanges, recorded in <c>Golden/*.txt</c>: what is sent, and every byte but the date that comes back.
/// </summary>
/// <remarks>
/// <para>
/// A file is a list of exchanges against one fresh server: <c>=== title</c>, the request (line, headers, an empty line, the
/// body),
/// <c>---</c>, the answer (status, headers by name, an empty line, the body). <c>@pass 90s</c> before the request moves the
/// clock.
/// </para>
/// <para>
/// With ROLLCALL_GOLDEN=write the answers are written anew into the files of the working copy; read the difference before you
/// commit it.
/// </para>
/// </remarks>
public sealed class GoldenExchangeTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "Transports.Tests", "Server", "Golden");

    public static TheoryData<string> Files => [.. Directory.GetFiles(s_folder, "*.txt").Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_answer_is_as_recorded(string file)
    {
        string path = Path.Combine(s_folder, file);
        string[] recorded = [.. File.ReadAllText(path).ReplaceLineEndings("\n").Split("=== ").Skip(1)];
        await using HttpFixture server = await HttpFixture.StartAsync();
        string[] played = [.. recorded.Select(exchange => Play(server, exchange))];

        server.AssertNoFailures();
        if (Environment.GetEnvironmentVariable("ROLLCALL_GOLDEN") == "write")
        {
            await File.WriteAllTextAsync(path, string.Concat(played.Select(exchange => $"=== {exchange}")));
            return;
        }

        for (int i = 0; i < recorded.Length; i++)
        {
            Assert.Equal(recorded[i].TrimEnd(), played[i].TrimEnd());
        }
    }

    private static string Play(HttpFixture server, string exchange)
    {
        string asked = exchange.Split("\n---\n")[0].TrimEnd();
        int titleEnd = asked.IndexOf('\n', StringComparison.Ordinal);
        string request = asked[(titleEnd + 1)..];
        while (request.StartsWith("@pass ", StringComparison.Ordinal))
        {
            int lineEnd = request.IndexOf('\n', StringComparison.Ordinal);
            Assert.True(DurationText.TryParse(request[6..lineEnd], out TimeSpan span));
            server.Pass(span);
            request = request[(lineEnd + 1)..];
        }

        return $"{asked}\n---\n{Ask(server, request).ToGolden()}\n\n";
    }

    private static RawAnswer Ask(HttpFixture server, string request)
    {
        string[] parts = request.Split("\n\n", 2);
        string[] lines = parts[0].Split('\n');
        string[] line = lines[0].Split(' ');
        byte[] body = parts.Length > 1 ? Encoding.UTF8.GetBytes(parts[1]) : [];
        return server.Ask(line[0], line[1], string.Join('\n', lines.Skip(1)), body);
    }
}
