using System.Security.Cryptography;
using System.Text;
using Rollcall.Core.Access;

namespace Rollcall.Core.Tests.Access;

/// <summary>Which credential makes a caller whom.</summary>
public class AccessPolicyTests
{
    private const string Fingerprint = "00AABBCCDDEEFF00112233445566778899AABBCCDDEEFF001122334455667788";

    private static readonly Principal s_ci = new("ci", AccessRoles.Registrar, "orders");
    private static readonly Principal s_ops = new("ops", AccessRoles.Operator);
    private static readonly Principal s_node = new("node-b", AccessRoles.Peer);

    private readonly AccessPolicy _policy = new(
        Credential.Token(s_ci, "geheim-größe"u8),
        Credential.Token(s_ops, "hunter2"u8),
        Credential.Certificate(s_node, "00:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88")
    );

    [Fact]
    public void A_token_is_known_byte_for_byte()
    {
        Assert.Same(s_ci, _policy.ByToken("geheim-größe"u8));
        Assert.Same(s_ops, _policy.ByToken("hunter2"u8));
        foreach (string wrong in (string[])["", "hunter", "hunter22", "Hunter2", "hunter2 ", Fingerprint, "ops"])
        {
            Assert.Null(_policy.ByToken(Encoding.UTF8.GetBytes(wrong)));
        }
    }

    [Fact]
    public void A_password_is_a_token_and_its_user_the_one_it_names()
    {
        Assert.Same(s_ci, _policy.ByPassword("ci", "geheim-größe"));
        Assert.Null(_policy.ByPassword("ops", "geheim-größe"));
        Assert.Null(_policy.ByPassword("CI", "geheim-größe"));
        Assert.Null(_policy.ByPassword("", "hunter2"));
        Assert.Null(_policy.ByPassword("ops", ""));
    }

    [Theory]
    [InlineData(Fingerprint, true)]
    [InlineData("00aabbccddeeff00112233445566778899aabbccddeeff001122334455667788", true)]
    [InlineData("10AABBCCDDEEFF00112233445566778899AABBCCDDEEFF001122334455667788", false)]
    [InlineData("", false)]
    public void A_certificate_is_known_by_its_fingerprint(string shown, bool known) =>
        Assert.Same(known ? s_node : null, _policy.ByCertificate(shown));

    [Fact]
    public void The_fingerprint_is_the_SHA_256_of_the_DER_form_in_hexadecimal()
    {
        byte[] der = [1, 2, 3];
        string hex = Convert.ToHexString(SHA256.HashData(der));
        Assert.Same(s_node, new AccessPolicy(Credential.Certificate(s_node, hex)).ByCertificate(hex));
    }

    [Fact]
    public void Where_nothing_is_asked_for_everyone_is_anyone()
    {
        Assert.False(AccessPolicy.Open.AsksForCredentials);
        Assert.Same(Principal.Anyone, AccessPolicy.Open.WithoutCredentials);
        Assert.Same(Principal.Anyone, AccessPolicy.Open.ByToken("whatever"u8));
        Assert.Same(Principal.Anyone, AccessPolicy.Open.ByPassword("who", "ever"));
        Assert.Same(Principal.Anyone, AccessPolicy.Open.ByCertificate("whatever"));
    }

    [Fact]
    public void Where_something_is_asked_for_who_shows_nothing_is_nobody()
    {
        Assert.True(_policy.AsksForCredentials);
        Assert.Same(Principal.Nobody, _policy.WithoutCredentials);
        Assert.True(new AccessPolicy(Credential.Certificate(s_node, Fingerprint)).AsksForCredentials);
        Assert.Null(new AccessPolicy(Credential.Certificate(s_node, Fingerprint)).ByToken(""u8));
    }

    [Fact]
    public void No_text_of_a_credential_or_policy_shows_a_secret()
    {
        var token = Credential.Token(s_ops, "hunter2"u8);
        string shown = $"{token} {_policy} {s_ops} {Credential.Certificate(s_node, Fingerprint)}";
        Assert.DoesNotContain("hunter2", shown, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToHexString(SHA256.HashData("hunter2"u8)), shown, StringComparison.OrdinalIgnoreCase);
    }
}
