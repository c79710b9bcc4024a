using System.Text;
using Rollcall.Configuration;
using Rollcall.Core.Access;
using Rollcall.Hosting.Access;

namespace Rollcall.Transports.Tests.Hosting;

/// <summary>Credentials as people write them: what each line proves, and what is said of lines that are wrong.</summary>
public sealed class CredentialReaderTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private static readonly string s_fingerprint = string.Concat(Enumerable.Repeat("0F", 32));

    [Fact]
    public void A_token_proves_a_principal_with_its_roles_and_services()
    {
        AccessPolicy policy = Read($"shop registrar:orders*,BILLING+x token {Token}");

        Principal shop = Assert.IsType<Principal>(policy.ByToken(Encoding.ASCII.GetBytes(Token)));
        Assert.Equal("shop", shop.Name);
        Assert.Equal(AccessRoles.Registrar, shop.Roles);
        Assert.Equal<string>(["ORDERS*", "BILLING+X"], shop.Services);
        Assert.True(shop.May(RegistryOperation.Register, "orders-eu"));
        Assert.False(shop.May(RegistryOperation.Register, "stock"));
        Assert.Null(policy.ByToken("0123456789abcdef0123456789abcdee"u8));
    }

    [Theory]
    [InlineData("reader", AccessRoles.Reader)]
    [InlineData("registrar", AccessRoles.Registrar)]
    [InlineData("operator", AccessRoles.Operator)]
    [InlineData("peer", AccessRoles.Peer)]
    [InlineData("operator+registrar", AccessRoles.Operator | AccessRoles.Registrar)]
    [InlineData("operator+registrar:A*", AccessRoles.Operator | AccessRoles.Registrar)]
    public void Roles_are_joined_by_a_plus(string roles, AccessRoles expected) =>
        Assert.Equal(expected, Read($"a {roles} token {Token}").ByToken(Encoding.ASCII.GetBytes(Token))!.Roles);

    [Fact]
    public void A_certificate_is_known_by_its_fingerprint_with_or_without_colons()
    {
        string withColons = string.Join(':', Enumerable.Repeat("0f", 32));
        Assert.Equal("edge", Read($"edge peer certificate {withColons}").ByCertificate(s_fingerprint)?.Name);
    }

    [Fact]
    public void Comments_and_empty_lines_say_nothing_and_spaces_do_not_matter()
    {
        AccessPolicy policy = Read("# who may come in", "", $"  a\treader   token {Token}  ", "   # the end");
        Assert.Equal("a", policy.ByToken(Encoding.ASCII.GetBytes(Token))?.Name);
    }

    [Fact]
    public void A_name_may_have_two_tokens_while_one_replaces_the_other()
    {
        string next = string.Concat(Token.Reverse());
        AccessPolicy policy = Read($"a reader token {Token}", $"a reader token {next}");
        Assert.Equal("a", policy.ByPassword("a", Token)?.Name);
        Assert.Equal("a", policy.ByPassword("a", next)?.Name);
    }

    [Theory]
    [InlineData("a reader token", "has 3 words where 4 are wanted")]
    [InlineData("hunter2", "has 1 word where 4")]
    [InlineData("a reader token hunter2 hunter2", "has 5 words")]
    [InlineData("a admin token " + Token, "is no role")]
    [InlineData("a Reader token " + Token, "is no role")]
    [InlineData("a reader, token " + Token, "is no role")]
    [InlineData("a reader+ token " + Token, "is no role")]
    [InlineData("a reader:ORDERS token " + Token, "only a registrar is bound")]
    [InlineData("a registrar: token " + Token, "a pattern is empty")]
    [InlineData("a registrar:A,,B token " + Token, "a pattern is empty")]
    [InlineData("a:b reader token " + Token, "its name may have")]
    [InlineData("a reader password " + Token, "neither token nor certificate")]
    [InlineData("a reader token hunter2", "has 7 characters, 20 are the least")]
    [InlineData("a reader token aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "too few different characters")]
    [InlineData("a reader token 0123456789abcdef\u00e90123456789", "visible ASCII")]
    [InlineData("a reader certificate " + Token, "64 hexadecimal digits")]
    [InlineData("a reader certificate " + Token + "zz" + Token, "64 hexadecimal digits")]
    public void A_wrong_line_is_named_by_its_number_and_none_of_its_words_is_repeated(string line, string expected)
    {
        ConfigurationProblem problem = Assert.Single(ProblemsOf("# first", line));

        Assert.Equal("the key", problem.Key);
        Assert.Equal("the file", problem.Value);
        Assert.StartsWith("line 2: ", problem.Text, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_wrong_lines_are_named_at_once() =>
        Assert.Equal(2, ProblemsOf("one", $"a reader token {Token}", "two").Count);

    [Fact]
    public void A_name_has_one_set_of_roles() =>
        Assert.Contains(
            "the same roles",
            Assert.Single(ProblemsOf($"a reader token {Token}", $"a peer token {Token}x")).Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_secret_proves_one_principal() =>
        Assert.Contains(
            "stands in a line above",
            Assert.Single(ProblemsOf($"a reader token {Token}", $"b reader token {Token}")).Text,
            StringComparison.Ordinal
        );

    private static AccessPolicy Read(params string[] lines)
    {
        var problems = new List<ConfigurationProblem>();
        var reader = new CredentialReader(problems);
        reader.Read("the key", "the file", lines);
        Assert.Empty(problems);
        return new AccessPolicy(reader.Credentials);
    }

    private static List<ConfigurationProblem> ProblemsOf(params string[] lines)
    {
        var problems = new List<ConfigurationProblem>();
        new CredentialReader(problems).Read("the key", "the file", lines);
        return problems;
    }
}
