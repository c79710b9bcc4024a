using Rollcall.Dialing;

namespace Rollcall.Gateway;

/// <summary>Something that can be said on the command line.</summary>
/// <param name="Name">With its two hyphens.</param>
/// <param name="Value">What follows it, for people; null if nothing does.</param>
/// <param name="Help">One line.</param>
internal sealed record GatewayFlag(string Name, string? Value, string Help)
{
    public const string Registry = "--registry";
    public const string Listen = "--listen";
    public const string Zone = "--zone";
    public const string Region = "--region";
    public const string AnswerLimit = "--answer-limit";
    public const string Insecure = "--insecure";
    public const string Version = "--version";
    public const string Usage = "--help";

    /// <summary>Every flag, in the order of the help.</summary>
    public static IReadOnlyList<GatewayFlag> All { get; } =
    [
        new(Registry, "URL", $"a node of the registry, as often as there are: {LinkDialer.Forms}"),
        new(Listen, "URL", $"where to listen (http://{GatewaySettings.ListenDefault}; port 0: any free one)"),
        new(Zone, "NAME", "the zone it runs in: instances there come first"),
        new(Region, "NAME", "the region it runs in: instances there come first"),
        new(AnswerLimit, "DURATION", "an instance that sends nothing for so long has failed: 504 (100s)"),
        new(Insecure, null, "listen beyond this machine, though without TLS"),
        new(Version, null, "the version"),
        new(Usage, null, "this text"),
    ];

    /// <summary>As it is written, with its value.</summary>
    public string Form => Value is null ? Name : $"{Name} {Value}";
}
