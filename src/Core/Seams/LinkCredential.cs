namespace Rollcall.Core.Seams;

/// <summary>What a client shows to a node: a token, or a name and a token. Its text never shows the secret.</summary>
/// <param name="User">The principal's name; null: the token alone says who it is.</param>
/// <param name="Token">The secret.</param>
public sealed record LinkCredential(string? User, string Token)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => User is null ? "a token" : $"a token of {User}";
}
