using Rollcall.Core;

namespace Rollcall.Transports.Wire;

/// <summary>Every limit of the wire's server side. Immutable; each has a default; ranges are in <see cref="Rules"/>.</summary>
/// <remarks>What a registration may hold is limited by <see cref="RegistryOptions"/>; here is what a session may cost.</remarks>
public sealed record WireOptions
{
    /// <summary>Longest payload of a request. One of <see cref="HandlesPerFrameMax"/> handles takes half of the default.</summary>
    public int FrameBytesMax { get; init; } = 1_048_576;

    /// <summary>Longest payload before a session has said who it is.</summary>
    public int HelloBytesMax { get; init; } = 4_096;

    /// <summary>Most handles in one frame; 8 bytes each.</summary>
    public int HandlesPerFrameMax { get; init; } = 65_536;

    /// <summary>Most names in one filter.</summary>
    public int FilterNamesMax { get; init; } = 1_024;

    /// <summary>Most watches of one session.</summary>
    public int WatchesPerSessionMax { get; init; } = 64;

    /// <summary>Most full reads and deltas of one session under way; the requests behind them wait.</summary>
    public int ReadsPerSessionMax { get; init; } = 16;

    /// <summary>
    /// A watch that has this much under way, not yet acknowledged, gets nothing more until it acknowledges: what it misses comes
    /// together then.
    /// </summary>
    public int UnacknowledgedBytesMax { get; init; } = 262_144;

    /// <summary>The same, counted in updates.</summary>
    public int UnacknowledgedUpdatesMax { get; init; } = 64;

    /// <summary>A watch that is further behind gets a snapshot instead of the changes.</summary>
    public int ChangesBehindMax { get; init; } = 16_384;

    /// <summary>Answers and updates of at least this many bytes are packed, where the client can unpack.</summary>
    public int PackBytesMin { get; init; } = 4_096;

    /// <summary>A session must have said who it is after this long.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A session that sends nothing for this long is closed. Clients know it from hello and ping in time.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>A session whose client has not taken what one flush sent, 64 kB or little more, after this long is closed.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A lane between nodes of a cluster on which nothing comes for this long is closed; each pings three times as often.</summary>
    public TimeSpan PeerSilenceTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most sessions at a time, over all lanes and adapters of one server.</summary>
    public int SessionsMax { get; init; } = 100_000;

    /// <summary>The range of every option, by name: the one place that knows.</summary>
    public static IReadOnlyList<OptionRule<WireOptions>> Rules { get; } =
    [
        new("FrameBytesMax", o => o.FrameBytesMax, 4_096, 67_108_864, "bytes"),
        new("HelloBytesMax", o => o.HelloBytesMax, 256, 65_536, "bytes"),
        new(
            "HandlesPerFrameMax",
            o => o.HandlesPerFrameMax,
            1,
            8_388_608,
            "handles, 8 bytes each, at most FrameBytesMax",
            o => o.HandlesPerFrameMax <= o.FrameBytesMax / sizeof(ulong)
        ),
        new("FilterNamesMax", o => o.FilterNamesMax, 1, 65_536, "names"),
        new("WatchesPerSessionMax", o => o.WatchesPerSessionMax, 1, 65_536, "watches"),
        new("ReadsPerSessionMax", o => o.ReadsPerSessionMax, 1, 1_024, "reads"),
        new("UnacknowledgedBytesMax", o => o.UnacknowledgedBytesMax, 1_024, 1_073_741_824, "bytes"),
        new("UnacknowledgedUpdatesMax", o => o.UnacknowledgedUpdatesMax, 1, 65_536, "updates"),
        new("ChangesBehindMax", o => o.ChangesBehindMax, 1, 16_777_216, "changes"),
        new("PackBytesMin", o => o.PackBytesMin, 64, 1_073_741_824, "bytes"),
        new("HelloTimeout", o => o.HelloTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        new("IdleTimeout", o => o.IdleTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
        new("StallTimeout", o => o.StallTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        new("PeerSilenceTimeout", o => o.PeerSilenceTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        new("SessionsMax", o => o.SessionsMax, 1, 10_000_000, "sessions"),
    ];

    /// <summary>All that is wrong with these options, at once; empty if they are good.</summary>
    public IReadOnlyList<OptionProblem> Validate() => Rules.Check(this);

    /// <summary>These options, or an exception that names all problems: a caller bug.</summary>
    internal WireOptions OrThrow()
    {
        IReadOnlyList<OptionProblem> problems = Validate();
        return problems.Count == 0 ? this : throw problems.Refused(nameof(WireOptions));
    }
}
