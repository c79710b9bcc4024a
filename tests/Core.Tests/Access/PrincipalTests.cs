using Rollcall.Core.Access;

namespace Rollcall.Core.Tests.Access;

/// <summary>Which services a registrar's patterns bind it to.</summary>
public class PrincipalTests
{
    [Theory]
    [InlineData("orders", "orders", true)]
    [InlineData("Orders", "oRDERS", true)]
    [InlineData("orders", "orders-eu", false)]
    [InlineData("orders", "my-orders", false)]
    [InlineData("orders*", "orders", true)]
    [InlineData("orders-*", "orders-eu-1", true)]
    [InlineData("*-eu", "orders-eu", true)]
    [InlineData("a*c", "abbbc", true)]
    [InlineData("a*c", "abbbcd", false)]
    [InlineData("order?", "orders", true)]
    [InlineData("order?", "order", false)]
    [InlineData("*", "anything at all", true)]
    [InlineData("straße", "STRAßE", true)]
    [InlineData("strasse", "straße", false)]
    [InlineData("größe*", "GRÖßE-1", true)]
    [InlineData("orders", "orders\0", false)]
    [InlineData("order[s]", "orders", false)]
    [InlineData("a\\b", "a\\b", true)]
    [InlineData("a\\*", "a\\b", true)]
    [InlineData("a\\*", "a*", false)]
    public void A_pattern_binds_it_to(string pattern, string service, bool bound) =>
        Assert.Equal(bound, new Principal("registrar", AccessRoles.Registrar, pattern).May(RegistryOperation.Register, service));

    [Fact]
    public void Several_patterns_bind_it_to_what_each_of_them_names()
    {
        var caller = new Principal("registrar", AccessRoles.Registrar, "orders", "pay*");
        Assert.True(caller.May(RegistryOperation.Renew, "orders"));
        Assert.True(caller.May(RegistryOperation.Renew, "payments"));
        Assert.False(caller.May(RegistryOperation.Renew, "shipping"));
        Assert.False(caller.May(RegistryOperation.Renew));
    }

    [Fact]
    public void An_empty_pattern_binds_it_to_nothing() =>
        Assert.False(new Principal("registrar", AccessRoles.Registrar, "").May(RegistryOperation.Register, "orders"));

    [Fact]
    public void It_shows_its_name_and_nothing_else() => Assert.Equal("ci", new Principal("ci", AccessRoles.All, "a").ToString());
}
