using Rollcall.Configuration;

namespace Rollcall.Server.Access;

/// <summary>Where credentials are. Immutable.</summary>
internal sealed record CredentialSettings
{
    /// <summary>Credentials, one a line; those of the environment's <c>ROLLCALL_CREDENTIALS</c> are added. None at all: everyone may do everything.</summary>
    public string File { get; init; } = "";

    /// <summary>Every option.</summary>
    public static OptionKeySet<CredentialSettings> Keys { get; } = new([])
    {
        { OptionKind.Text, o => o.File, (o, v) => o with { File = v } },
    };
}
