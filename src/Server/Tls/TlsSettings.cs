using Rollcall.Configuration;

namespace Rollcall.Server.Tls;

/// <summary>Where certificates and keys are. Immutable; empty text: none.</summary>
internal sealed record TlsSettings
{
    /// <summary>The server's certificate: PEM with its intermediates behind it, or PFX. With one TCP is encrypted, and HTTP may be.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>Its private key in PEM, if it is not in the same file.</summary>
    public string Key { get; init; } = "";

    /// <summary>Password of the key or PFX. Better in the environment, <c>Rollcall__Tls__Password</c>, than where others can read it.</summary>
    public string Password { get; init; } = "";

    /// <summary>Authorities in PEM whose client certificates are taken; a credential says whom each of them proves.</summary>
    public string ClientAuthorities { get; init; } = "";

    /// <summary>Every option.</summary>
    public static OptionKeySet<TlsSettings> Keys { get; } = new([])
    {
        { OptionKind.Text, o => o.Certificate, (o, v) => o with { Certificate = v } },
        { OptionKind.Text, o => o.Key, (o, v) => o with { Key = v } },
        { OptionKind.Text, o => o.Password, (o, v) => o with { Password = v } },
        { OptionKind.Text, o => o.ClientAuthorities, (o, v) => o with { ClientAuthorities = v } },
    };
}
