using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Rollcall.Testing.Support;
using Rollcall.Transports.HttpServer.Pages;

namespace Rollcall.Transports.Tests.Server;

public sealed partial class PageTests
{
    private const string Script = "<script>alert('x')</script>";

    [Theory]
    [InlineData("/", "Nothing is registered.")]
    [InlineData("/eureka/", "The guard is")]
    [InlineData("/lastn", "Registered")]
    public async Task A_page_is_self_contained_and_may_load_nothing(string path, string expected)
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        RawAnswer page = server.Ask("GET", path);

        Assert.Equal(200, page.Status);
        Assert.Equal("text/html; charset=utf-8", page["Content-Type"]);
        Assert.Contains(expected, page.Text, StringComparison.Ordinal);
        Assert.Equal("nosniff", page["X-Content-Type-Options"]);
        Assert.Equal("DENY", page["X-Frame-Options"]);
        string style = StyleSheet().Match(page.Text).Groups[1].Value;
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.Equal(
            $"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            page["Content-Security-Policy"]
        );
        Assert.DoesNotContain("<script", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("style=", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.All(Link().Matches(page.Text), link => Assert.StartsWith("/", link.Groups[1].Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_a_registration_says_is_text_on_the_page()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        var registration = RegistrationBuilder.Of($"S{Script}", $"i\"'{Script}") with
        {
            HomePageUrl = $"http://h/'{Script}",
            StatusPageUrl = "https://h/\"><script>",
        };
        Assert.Null(server.Registry.Register(registration, server.Registry.Now).Error);

        foreach (string path in (string[])["/", "/lastn"])
        {
            string page = server.Ask("GET", path).Text;
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("&lt;script&gt;", page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("http://h:8080/x", true)]
    [InlineData("https://h/", true)]
    [InlineData("HTTPS://H/", true)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("JaVaScRiPt:alert(1)", false)]
    [InlineData("data:text/html,x", false)]
    [InlineData("httpx://h", false)]
    [InlineData("http", false)]
    [InlineData("//h/x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("http://", false)]
    public void Links_lead_to_http_and_https_only(string url, bool linked)
    {
        string page = Encoding.UTF8.GetString(new HtmlWriter("links").ForeignLink(url, "home").Finish());
        Assert.Equal(linked, page.Contains("<a rel=\"noopener noreferrer\" href=\"http", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(linked, page.Contains(">home</a>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_explain_link_of_an_odd_id_leads_to_it()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        server.Register("ORDERS", "a/b?c#d %41\"ü");
        string link = Link()
            .Matches(server.Ask("GET", "/").Text)
            .Select(m => m.Groups[1].Value)
            .Single(l => l.StartsWith("/v1", StringComparison.Ordinal));
        Assert.Contains(
            "\"present\": true",
            server.Ask("GET", System.Net.WebUtility.HtmlDecode(link)).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_page_of_many_is_bounded_and_says_so()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        for (int i = 0; i < 600; i++)
        {
            server.Register($"S-{i:000}", "i");
        }

        for (int i = 0; i < 150; i++)
        {
            server.Register("S-000", $"i-{i}");
        }

        string page = server.Ask("GET", "/").Text;
        Assert.Contains("And 100 more services.", page, StringComparison.Ordinal);
        Assert.Contains("And 51 more instances.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_history_page_tells_what_came_and_went_and_why()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        var shortLease = RegistrationBuilder.Of("ORDERS", "short") with { LeaseDuration = TimeSpan.FromSeconds(3) };
        Assert.Null(server.Registry.Register(shortLease, server.Registry.Now).Error);
        server.Register("ORDERS", "leaver");
        server.Ask("DELETE", "/eureka/apps/ORDERS/leaver");
        server.Pass(TimeSpan.FromSeconds(4));

        string page = server.Ask("GET", "/lastn").Text;

        string[] parts = [.. page.Split("<h2>").Skip(1)];
        Assert.Equal(["Registered", "Cancelled", "Expired"], parts.Select(p => p.Split('<')[0]));
        Assert.Contains("ORDERS/leaver", parts[1], StringComparison.Ordinal);
        Assert.Contains("<td>owner</td>", parts[1], StringComparison.Ordinal);
        Assert.Contains("ORDERS/short", parts[2], StringComparison.Ordinal);
        Assert.Contains("<td>expired</td>", parts[2], StringComparison.Ordinal);
    }

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex StyleSheet();

    [GeneratedRegex("href=\"([^\"]*)\"")]
    private static partial Regex Link();
}
