using Rollcall.Core;
using Rollcall.Configuration;

namespace Rollcall.Server.Data;

/// <summary>What is kept on disk, and how often. Immutable; empty text: nothing is kept.</summary>
internal sealed record DataSettings
{
    /// <summary>Folder of the snapshot and of the node's id: of one server at a time.</summary>
    public string Folder { get; init; } = "";

    /// <summary>
    /// A snapshot is written this often, if there was a change; never so often that writing takes more than a tenth of the time.
    /// </summary>
    public TimeSpan SnapshotPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The ranges.</summary>
    public static IReadOnlyList<OptionRule<DataSettings>> Rules { get; } =
    [
        new("SnapshotPeriod", o => o.SnapshotPeriod, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
    ];

    /// <summary>Every option.</summary>
    public static OptionKeySet<DataSettings> Keys { get; } = new(Rules)
    {
        { OptionKind.Text, o => o.Folder, (o, v) => o with { Folder = v } },
        { OptionKind.Duration, o => o.SnapshotPeriod, (o, v) => o with { SnapshotPeriod = v } },
    };
}
