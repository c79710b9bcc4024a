using Rollcall.Core.Seams;

namespace Rollcall.Transports.Wire;

/// <summary>What a client shows in its hello. Its text never shows the secret.</summary>
public sealed class WireCredentials
{
    private WireCredentials(CredentialKind kind, string user, string secret)
    {
        Kind = kind;
        User = user;
        Secret = secret;
    }

    /// <summary>Nothing; a client certificate may still say who it is.</summary>
    public static WireCredentials None { get; } = new(CredentialKind.None, "", "");

    internal CredentialKind Kind { get; }

    internal string User { get; }

    internal string Secret { get; }

    /// <summary>A token.</summary>
    public static WireCredentials Token(string token) => new(CredentialKind.Token, "", token);

    /// <summary>A user and a password.</summary>
    public static WireCredentials Password(string user, string password) => new(CredentialKind.Password, user, password);

    /// <summary>A credential as the wire shows it; null: nothing.</summary>
    public static WireCredentials Of(LinkCredential? credential) =>
        credential switch
        {
            null => None,
            { User: { } user } => Password(user, credential.Token),
            _ => Token(credential.Token),
        };

    /// <inheritdoc/>
    public override string ToString() => Kind == CredentialKind.Password ? $"Password of {User}" : Kind.ToString();
}

/// <summary>Which credentials a hello carries; the numbers travel.</summary>
internal enum CredentialKind : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A token.</summary>
    Token = 1,

    /// <summary>A user and a password.</summary>
    Password = 2,
}
