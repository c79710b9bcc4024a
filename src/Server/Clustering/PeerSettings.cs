using Rollcall.Configuration;

namespace Rollcall.Server.Clustering;

/// <summary>Where the peers are, and how to come in there. Immutable; empty text: none.</summary>
internal sealed record PeerSettings
{
    /// <summary>Their addresses, with spaces between; on the command line <c>--peer</c> as often as wanted.</summary>
    public string Addresses { get; init; } = "";

    /// <summary>Shown to peers whose address names no other. Better in the environment, <c>Rollcall__Peers__Token</c>.</summary>
    public string Token { get; init; } = "";

    /// <summary>Authorities in PEM that vouch for the peers' certificates; none: those of the system.</summary>
    public string Authorities { get; init; } = "";

    /// <summary>Every option.</summary>
    public static OptionKeySet<PeerSettings> Keys { get; } = new([])
    {
        { OptionKind.Text, o => o.Addresses, (o, v) => o with { Addresses = v } },
        { OptionKind.Text, o => o.Token, (o, v) => o with { Token = v } },
        { OptionKind.Text, o => o.Authorities, (o, v) => o with { Authorities = v } },
    };
}
