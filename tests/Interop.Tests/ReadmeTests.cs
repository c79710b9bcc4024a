using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using Rollcall.Client;
using Rollcall.Core;
using Rollcall.Core.Replication;
using Rollcall.Hosting;
using Rollcall.Server;
using Rollcall.Server.Access;
using Rollcall.Server.Clustering;
using Rollcall.Server.Data;
using Rollcall.Server.Regions;
using Rollcall.Server.Tls;
using Rollcall.Testing.Support;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;

namespace Rollcall.Interop.Tests;

/// <summary>
/// The README, and the pages of <c>docs</c> that it leads to, say what the code does. Tables come from the code, commands are run,
/// snippets are compiled.
/// </summary>
public sealed partial class ReadmeTests
{
    private const string UpdateVariable = "ROLLCALL_UPDATE_README";

    private static readonly string[] s_pages = ["README.md", .. Directory.GetFiles(Repository.PathOf("docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}").Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData("flags")]
    [InlineData("options")]
    public void Its_tables_are_those_of_the_code(string name)
    {
        const string page = "docs/options.md";
        string expected = name == "flags" ? FlagTable() : OptionTables();
        string text = Text(page);
        string updated = Replace(text, name, expected);
        if (Environment.GetEnvironmentVariable(UpdateVariable) is not null)
        {
            File.WriteAllText(Repository.PathOf(page), updated);
        }
        else
        {
            Assert.True(updated == text, $"The table '{name}' of {page} is old. Run this test with {UpdateVariable}=1.");
        }
    }

    [CurlFact]
    public async Task Its_curl_commands_work()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        string url = server.BaseUrl.GetLeftPart(UriPartial.Authority);
        string blocks = CurlBlock("README.md", "## For the Eureka clients you have") + CurlBlock("docs/push.md", "# Push");
        string script = "set -e\n" + blocks.Replace("http://127.0.0.1:8761", url, StringComparison.Ordinal);

        using Process shell = Process.Start(
            new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        Task<string> errors = shell.StandardError.ReadToEndAsync();
        string output = await shell.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await shell.WaitForExitAsync();

        Assert.True(shell.ExitCode == 0, $"Exit code {shell.ExitCode}.\n{output}\n{await errors}\n{server.Errors}");
        Assert.Contains("orders-1", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tests/Transports.Tests/Hosting/AddRollcallTests.cs", 8)]
    [InlineData("tests/Transports.Tests/Hosting/AddClusterTests.cs", 8)]
    [InlineData("samples/TcpOnly/Program.cs", 4)]
    [InlineData("tests/Interop.Tests/Links/ApplicationTests.cs", 8)]
    [InlineData("tests/Client.Tests/InMemory/InMemoryRegistryTests.cs", 8)]
    [InlineData("tests/Interop.Tests/Gateways/YarpTests.cs", 8)]
    [InlineData("tests/Transports.Tests/Eureka/EurekaLinkTests.cs", 8)]
    public void Its_snippets_are_those_that_a_test_runs(string file, int indent)
    {
        string margin = new(' ', indent);
        string body = File.ReadAllText(Repository.PathOf(file)).Split("// readme:begin\n")[1].Split($"{margin}// readme:end")[0];
        string snippet = body.Replace("\n" + margin, "\n", StringComparison.Ordinal)[indent..];
        Assert.Contains("```csharp\n" + snippet + "```", string.Concat(s_pages.Select(Text)), StringComparison.Ordinal);
    }

    [Fact]
    public void It_names_every_instrument()
    {
        var names = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name.StartsWith("Rollcall.", StringComparison.Ordinal))
            {
                names.Add(instrument.Name);
            }
        };
        listener.Start();
        using var meter = new RegistryMeter(new RegistryService(new RegistryOptions(), TimeProvider.System));
        _ = new HttpServerTransport(new HttpServerOptions());
        _ = new RollcallClient(new ClientOptions { Enabled = false }, []);

        string page = Text("docs/metrics.md");
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Its_links_lead_somewhere() =>
        Assert.All(
            s_pages.SelectMany(LinksOf),
            link =>
            {
                Assert.True(Path.Exists(link.File), $"{link.File} is not there.");
                Assert.True(link.Heading.Length == 0 || HeadingsOf(link.File).Contains(link.Heading), $"{link.File} has no heading #{link.Heading}.");
            }
        );

    [Fact]
    public void Its_links_lead_to_every_page() =>
        Assert.Empty(s_pages.Skip(1).Select(Repository.PathOf).Except(LinksOf("README.md").Select(link => link.File)));

    private static string Text(string page) => File.ReadAllText(Repository.PathOf(page));

    /// <summary>The first block of commands below a heading of a page.</summary>
    private static string CurlBlock(string page, string heading) => Text(page).Split(heading + "\n")[1].Split("```sh\n")[1].Split("```")[0];

    private static IEnumerable<(string File, string Heading)> LinksOf(string page)
    {
        string path = Repository.PathOf(page);
        return Link()
            .Matches(File.ReadAllText(path))
            .Select(link => (link.Groups["path"] is { Length: > 0 } to ? Path.GetFullPath(to.Value, Path.GetDirectoryName(path)!) : path, link.Groups["heading"].Value));
    }

    /// <summary>As Markdown's readers name them: small letters, hyphens for blanks, nothing for what is neither.</summary>
    private static IEnumerable<string> HeadingsOf(string file) =>
        File.ReadLines(file)
            .Where(line => line.StartsWith('#'))
            .Select(line => string.Concat(line.TrimStart('#', ' ').ToLowerInvariant().Replace(' ', '-').Where(letter => letter == '-' || char.IsLetterOrDigit(letter))));

    private static string Replace(string readme, string name, string content)
    {
        string begin = $"<!-- {name}:begin -->\n";
        int from = readme.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        int to = readme.IndexOf($"<!-- {name}:end -->", from, StringComparison.Ordinal);
        return readme[..from] + content + readme[to..];
    }

    private static string FlagTable()
    {
        var table = new StringBuilder("| Flag | |\n|---|---|\n");
        foreach (Flag flag in Flag.All)
        {
            table.Append($"| `{flag.Form.Replace("|", "\\|", StringComparison.Ordinal)}` | {flag.Help} |\n");
        }

        return table.ToString();
    }

    private static string OptionTables() =>
        string.Join(
            "\n",
            OptionTable(ServerSettings.CoreSection, typeof(RegistryOptions)),
            OptionTable(ServerSettings.HttpSection, typeof(HttpServerOptions)),
            OptionTable(ServerSettings.TcpSection, typeof(TcpServerOptions)),
            OptionTable(ServerSettings.QuicSection, typeof(QuicServerOptions)),
            OptionTable(ServerSettings.WireSection, typeof(WireOptions)),
            OptionTable(ServerSettings.TlsSection, typeof(TlsSettings)),
            OptionTable(ServerSettings.CredentialsSection, typeof(CredentialSettings)),
            OptionTable(ServerSettings.DataSection, typeof(DataSettings)),
            OptionTable(ClusterSettings.ClusterSection, typeof(ClusterOptions)),
            OptionTable(ClusterSettings.PeersSection, typeof(PeerSettings)),
            OptionTable(RegionSettings.Section + ":NAME", typeof(RegionSettings))
        );

    private static string OptionTable(string section, Type options)
    {
        var table = new StringBuilder($"| `{section}:` | Default | Range | |\n|---|---|---|---|\n");
        var documentation = new XmlDocumentation(options.Assembly);
        foreach (
            CatalogEntry entry in OptionCatalog.All.Where(entry => entry.Key.StartsWith(section + ":", StringComparison.Ordinal))
        )
        {
            string name = entry.Key[(section.Length + 1)..];
            string shown = entry.Default.Length == 0 ? "" : $"`{entry.Default}`";
            table.Append($"| `{name}` | {shown} | {entry.Range} | {documentation.Summary(options, name)} |\n");
        }

        return table.ToString();
    }

    [GeneratedRegex(@"\]\((?<path>[^)#:]*)(#(?<heading>[^)]+))?\)")]
    private static partial Regex Link();

    /// <summary>A test that needs curl; skipped, saying so, where there is none.</summary>
    private sealed class CurlFactAttribute : FactAttribute
    {
        public CurlFactAttribute()
        {
            string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            if (!folders.Any(folder => File.Exists(Path.Combine(folder, "curl"))))
            {
                Skip = "curl is not installed.";
            }
        }
    }
}
