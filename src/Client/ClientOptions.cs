using Rollcall.Client.Choosing;
using Rollcall.Core;
using Rollcall.Core.Watching;

namespace Rollcall.Client;

/// <summary>Every setting of a client. Immutable; each has a default; ranges are in <see cref="Rules"/>.</summary>
public sealed record ClientOptions
{
    /// <summary>False: the client does nothing at all, and nothing of these options is checked.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>True: starting fails if the registry cannot be reached, or refuses the instance. Else it never stops the application.</summary>
    public bool FailFast { get; init; }

    /// <summary>How long starting waits for the registry, with <see cref="FailFast"/>.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The zone this process runs in; null: unknown, all zones are alike.</summary>
    public string? Zone { get; init; }

    /// <summary>The region this process runs in; null: unknown, all regions are alike.</summary>
    public string? Region { get; init; }

    /// <summary>What the catalogue holds.</summary>
    public InstanceFilter Follow { get; init; } = InstanceFilter.All;

    /// <summary>How an instance is chosen.</summary>
    public ChoicePolicy Policy { get; init; } = ChoicePolicy.LeastPending;

    /// <summary>Failures in a row after which an instance is put aside.</summary>
    public int AsideAfterFailures { get; init; } = 3;

    /// <summary>How long it is put aside the first time; twice as long each time after, until a call succeeds.</summary>
    public TimeSpan AsideFirst { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest that it is put aside.</summary>
    public TimeSpan AsideMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>If more than this share of a service's instances is put aside, nothing is: the fault is elsewhere.</summary>
    public double AsideShareMax { get; init; } = 0.5;

    /// <summary>
    /// How long instances that vanished without a word are kept, if few would be left. By default a default lease: within it every live
    /// instance has registered again with a registry that lost it.
    /// </summary>
    public TimeSpan HoldVanished { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Vanished instances are kept if fewer than this share would be left of a service.</summary>
    public double HoldShareMin { get; init; } = 0.5;

    /// <summary>File that the catalogue is kept in for a start without a registry; null: none.</summary>
    public string? CatalogueFile { get; init; }

    /// <summary>How often the file is written, if the catalogue has changed.</summary>
    public TimeSpan CatalogueFileInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A file older than this is refused.</summary>
    public TimeSpan CatalogueFileAgeMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Servers tried for one call.</summary>
    public int TriesPerCall { get; init; } = 3;

    /// <summary>How long one try may take, dialling and the call each.</summary>
    public TimeSpan TryLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a server that failed is left alone, unless most have failed.</summary>
    public TimeSpan Quarantine { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>After about this long another server may be picked, so that load spreads again; drawn from half to one and a half of it.</summary>
    public TimeSpan SessionLength { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Status and metadata: changes that may go out one right after the other.</summary>
    public int ChangeBurst { get; init; } = 3;

    /// <summary>Status and metadata: when the burst is used up, one change goes out each of these; the newest.</summary>
    public TimeSpan ChangeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The first pause after a failed call to the registry; doubled each time.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause after a failed call to the registry.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When stopping: how long subscribers have to acknowledge that the instance is out of service.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>When stopping: wait at least this long, for callers that poll and acknowledge nothing.</summary>
    public TimeSpan DrainMin { get; init; } = TimeSpan.Zero;

    /// <summary>When stopping: how long the cancellation may take, behind <see cref="DrainLimit"/>.</summary>
    public TimeSpan CancelLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Fixes the random numbers, so that a test repeats. Null: drawn at start.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The range of every option that has one, by name: the one place that knows.</summary>
    public static IReadOnlyList<OptionRule<ClientOptions>> Rules { get; } =
    [
        new("StartLimit", o => o.StartLimit, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10)),
        new("Zone", o => o.Zone ?? "", "a name, or absent", o => o.Zone is null || o.Zone.Trim().Length > 0),
        new("Region", o => o.Region ?? "", "a name, or absent", o => o.Region is null || o.Region.Trim().Length > 0),
        new("Policy", o => o.Policy.ToString(), string.Join(", ", Enum.GetNames<ChoicePolicy>()), o => Enum.IsDefined(o.Policy)),
        new("AsideAfterFailures", o => o.AsideAfterFailures, 1, 1_000, "failures"),
        new("AsideFirst", o => o.AsideFirst, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
        new(
            "AsideMax",
            o => o.AsideMax,
            TimeSpan.FromMilliseconds(1),
            TimeSpan.FromDays(1),
            ", at least AsideFirst",
            o => o.AsideMax >= o.AsideFirst
        ),
        new("AsideShareMax", o => o.AsideShareMax, 0, 1, "share"),
        new("HoldVanished", o => o.HoldVanished, TimeSpan.Zero, TimeSpan.FromDays(1)),
        new("HoldShareMin", o => o.HoldShareMin, 0, 1, "share"),
        new(
            "CatalogueFile",
            o => o.CatalogueFile ?? "",
            "a path in a folder that exists, or absent",
            o => o.CatalogueFile is null || Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(o.CatalogueFile)))
        ),
        new("CatalogueFileInterval", o => o.CatalogueFileInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
        new("CatalogueFileAgeMax", o => o.CatalogueFileAgeMax, TimeSpan.FromSeconds(1), TimeSpan.FromDays(3650)),
        new("TriesPerCall", o => o.TriesPerCall, 1, 10, "servers"),
        new("TryLimit", o => o.TryLimit, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5)),
        new("Quarantine", o => o.Quarantine, TimeSpan.Zero, TimeSpan.FromDays(1)),
        new("SessionLength", o => o.SessionLength, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
        new("ChangeBurst", o => o.ChangeBurst, 1, 1_000, "changes"),
        new("ChangeInterval", o => o.ChangeInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        new("RetryFirst", o => o.RetryFirst, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        new(
            "RetryMax",
            o => o.RetryMax,
            TimeSpan.FromMilliseconds(10),
            TimeSpan.FromHours(1),
            ", at least RetryFirst",
            o => o.RetryMax >= o.RetryFirst
        ),
        new("DrainLimit", o => o.DrainLimit, TimeSpan.Zero, TimeSpan.FromHours(1)),
        new(
            "DrainMin",
            o => o.DrainMin,
            TimeSpan.Zero,
            TimeSpan.FromHours(1),
            ", at most DrainLimit",
            o => o.DrainMin <= o.DrainLimit
        ),
        new("CancelLimit", o => o.CancelLimit, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5)),
    ];

    /// <summary>All that is wrong with these options, at once; empty if they are good, or not <see cref="Enabled"/>.</summary>
    public IReadOnlyList<OptionProblem> Validate() => Enabled ? Rules.Check(this) : [];

    /// <summary>These options, or an exception that names all problems: a caller bug.</summary>
    internal ClientOptions OrThrow()
    {
        IReadOnlyList<OptionProblem> problems = Validate();
        return problems.Count == 0 ? this : throw problems.Refused(nameof(ClientOptions));
    }
}
