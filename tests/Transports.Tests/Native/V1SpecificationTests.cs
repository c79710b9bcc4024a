using System.Text;
using System.Text.RegularExpressions;
using Rollcall.Testing.Support;
using Rollcall.Transports.Tests.Server;

namespace Rollcall.Transports.Tests.Native;

/// <summary>Every <c>http</c> block of <c>V1.md</c> is an exchange that happens, in this order, against one server.</summary>
/// <remarks>With ROLLCALL_GOLDEN=write the answers are written anew; read the difference before you commit it.</remarks>
public sealed partial class V1SpecificationTests
{
    private const string Divider = "\n---\n";

    private static readonly string[] s_shown = ["ETag", "Retry-After", "X-Rollcall-Version"];

    private static string File => Repository.PathOf("transports/HttpServer/V1.md");

    [Fact]
    public async Task Every_exchange_of_the_specification_happens_as_it_says()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        string recorded = (await System.IO.File.ReadAllTextAsync(File)).ReplaceLineEndings("\n");
        string played = Block().Replace(recorded, block => $"```http\n{Play(server, block.Groups[1].Value)}\n```");
        server.AssertNoFailures();
        if (Environment.GetEnvironmentVariable("ROLLCALL_GOLDEN") == "write")
        {
            await System.IO.File.WriteAllTextAsync(File, played);
            return;
        }

        Assert.InRange(Block().Count(recorded), 15, 100);
        Assert.Equal(recorded, played);
    }

    [Fact]
    public async Task Every_endpoint_is_in_the_table_of_the_specification_and_in_the_index()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        string index = server.Ask("GET", "/v1").Text;
        string specification = await System.IO.File.ReadAllTextAsync(File);
        string[] paths = [.. Listed().Matches(index).Select(match => match.Groups[1].Value)];
        Assert.InRange(paths.Length, 15, 100);
        Assert.All(paths, path => Assert.Contains(path, specification, StringComparison.Ordinal));
    }

    private static string Play(HttpFixture server, string block)
    {
        string request = block.Split("\n---")[0].TrimEnd();
        string[] parts = request.Split("\n\n", 2);
        string[] line = parts[0].Split(' ');
        byte[] body = parts.Length > 1 ? Encoding.UTF8.GetBytes(parts[1]) : [];
        RawAnswer answer = server.Ask(line[0], line[1], "", body);
        var text = new StringBuilder(request).Append(Divider).Append(answer.Status);
        foreach (string name in s_shown.Where(name => answer[name] is not null))
        {
            text.Append('\n').Append(name).Append(": ").Append(answer[name]);
        }

        return answer.Body.Length == 0 ? text.ToString() : text.Append("\n\n").Append(answer.Text.TrimEnd()).ToString();
    }

    [GeneratedRegex("```http\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("\"[A-Z]+ +(/v1[^\"?]*)")]
    private static partial Regex Listed();
}
