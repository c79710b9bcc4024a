using Rollcall.Core.Replication;

namespace Rollcall.Core;

/// <summary>Every limit and duration of the core. Immutable; each has a default; ranges are in <see cref="Rules"/>.</summary>
public sealed record RegistryOptions
{
    /// <summary>Stripes (one lock, table, wheel and ring each): enough that two writers rarely meet.</summary>
    public int StripeCount { get; init; } = 64;

    /// <summary>
    /// Resolution of lease ends: never early. A lease ends at the first tick at or after its promised end, or at the next one if its
    /// length is no multiple of this.
    /// </summary>
    public TimeSpan WheelTick { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Most instances held.</summary>
    public int InstancesMax { get; init; } = 16_000_000;

    /// <summary>Lease duration of a registration that names none.</summary>
    public TimeSpan LeaseDurationDefault { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Longest lease accepted.</summary>
    public TimeSpan LeaseDurationMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Renewal interval of a registration that names none.</summary>
    public TimeSpan RenewalIntervalDefault { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Added to every lease. Java servers keep a renewed lease for twice its duration: set 90 s to imitate the default.</summary>
    public TimeSpan LeaseGrace { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// A gap between two <see cref="RegistryService.Advance"/> longer than this counts as this long: the process stood still, and
    /// owners had no chance to renew.
    /// </summary>
    public TimeSpan StallGap { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Protection against mass expiry.</summary>
    public bool GuardEnabled { get; init; } = true;

    /// <summary>Silence is counted over this long.</summary>
    public TimeSpan GuardWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The guard does not engage below this many leases due.</summary>
    public int GuardPopulationMin { get; init; } = 10;

    /// <summary>The guard engages when more than this share of the leases due fail to renew.</summary>
    public double GuardThreshold { get; init; } = 0.15;

    /// <summary>The guard ends by itself after this long.</summary>
    public TimeSpan GuardHoldMax { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Changes kept for readers that ask what changed since a version. A power of two; 64 bytes each.</summary>
    public int ChangeRingCapacity { get; init; } = 65_536;

    /// <summary>Age of changes shown by a delta that names no version (Eureka's).</summary>
    public TimeSpan DeltaRetention { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Registrations, cancellations and expiries remembered, each.</summary>
    public int HistoryCapacity { get; init; } = 1_000;

    /// <summary>How long an override survives the expiry of its instance.</summary>
    public TimeSpan OverrideLinger { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest service name, in UTF-8 bytes.</summary>
    public int ServiceBytesMax { get; init; } = 256;

    /// <summary>Longest instance id, in UTF-8 bytes.</summary>
    public int IdBytesMax { get; init; } = 512;

    /// <summary>Longest host name, address, zone or region, in UTF-8 bytes.</summary>
    public int HostBytesMax { get; init; } = 256;

    /// <summary>Longest URL, in UTF-8 bytes.</summary>
    public int UrlBytesMax { get; init; } = 2_048;

    /// <summary>Longest list of virtual addresses, in UTF-8 bytes, commas counted.</summary>
    public int VipsBytesMax { get; init; } = 2_048;

    /// <summary>Most virtual addresses in one list.</summary>
    public int VipsMax { get; init; } = 64;

    /// <summary>Most metadata pairs of an instance; the same for attributes.</summary>
    public int MetadataPairsMax { get; init; } = 256;

    /// <summary>Longest metadata key, in UTF-8 bytes.</summary>
    public int MetadataKeyBytesMax { get; init; } = 256;

    /// <summary>All metadata keys and values of an instance, in UTF-8 bytes; the same for attributes.</summary>
    public int MetadataBytesMax { get; init; } = 32_768;

    /// <summary>This node in revisions. 0: drawn at start.</summary>
    public uint NodeId { get; init; }

    /// <summary>The zone this node runs in, for people and clients that ask it; empty: not said.</summary>
    public string Zone { get; init; } = "";

    /// <summary>The region this node runs in, for people and clients that ask it, and so that no remote region has its name; empty: not said.</summary>
    public string Region { get; init; } = "";

    /// <summary>Fixes the keys of the hash and the generations, so that a simulation repeats. Null: drawn at start. Never fix it in production.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The cluster that this node belongs to; null: it stands alone, and spends nothing on replication.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>The range of every option that has one, by name: the one place that knows.</summary>
    public static IReadOnlyList<OptionRule<RegistryOptions>> Rules { get; } =
    [
        new("StripeCount", o => o.StripeCount, 1, 256, "stripes, a power of two", o => int.IsPow2(o.StripeCount)),
        new("WheelTick", o => o.WheelTick, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1)),
        new("InstancesMax", o => o.InstancesMax, 1, 64_000_000, "instances"),
        new(
            "LeaseDurationDefault",
            o => o.LeaseDurationDefault,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromDays(30),
            ", at most LeaseDurationMax",
            o => o.LeaseDurationDefault <= o.LeaseDurationMax
        ),
        new("LeaseDurationMax", o => o.LeaseDurationMax, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
        new("RenewalIntervalDefault", o => o.RenewalIntervalDefault, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
        new("LeaseGrace", o => o.LeaseGrace, TimeSpan.Zero, TimeSpan.FromDays(30)),
        new("StallGap", o => o.StallGap, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(3650)),
        new("GuardWindow", o => o.GuardWindow, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        new("GuardPopulationMin", o => o.GuardPopulationMin, 1, 64_000_000, "leases"),
        new("GuardThreshold", o => o.GuardThreshold, 0.01, 1.0, "share"),
        new("GuardHoldMax", o => o.GuardHoldMax, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
        new("ChangeRingCapacity", o => o.ChangeRingCapacity, 64, 16_777_216, "changes, a power of two", o => int.IsPow2(o.ChangeRingCapacity)),
        new("DeltaRetention", o => o.DeltaRetention, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        new("HistoryCapacity", o => o.HistoryCapacity, 1, 1_000_000, "entries"),
        new("OverrideLinger", o => o.OverrideLinger, TimeSpan.Zero, TimeSpan.FromDays(30)),
        new("ServiceBytesMax", o => o.ServiceBytesMax, 1, 4_096, "bytes"),
        new("Zone", o => o.Zone.Length, 0, 256, "characters"),
        new("Region", o => o.Region.Length, 0, 256, "characters"),
        new("IdBytesMax", o => o.IdBytesMax, 1, 8_192, "bytes"),
        new("HostBytesMax", o => o.HostBytesMax, 1, 8_192, "bytes"),
        new("UrlBytesMax", o => o.UrlBytesMax, 1, 65_536, "bytes"),
        new("VipsBytesMax", o => o.VipsBytesMax, 1, 65_536, "bytes"),
        new("VipsMax", o => o.VipsMax, 1, 4_096, "addresses"),
        new("MetadataPairsMax", o => o.MetadataPairsMax, 0, 65_536, "pairs"),
        new("MetadataKeyBytesMax", o => o.MetadataKeyBytesMax, 1, 65_536, "bytes"),
        new("MetadataBytesMax", o => o.MetadataBytesMax, 0, 16_777_216, "bytes"),
    ];

    /// <summary>Limits as wide as they can be set: what they refuse no registry has taken in from its owner.</summary>
    public static RegistryOptions Widest { get; } =
        new()
        {
            LeaseDurationMax = TimeSpan.FromDays(30),
            ServiceBytesMax = 6_144, // 4,096 as the owner said it; in upper case two bytes may become three
            IdBytesMax = 8_192,
            HostBytesMax = 8_192,
            UrlBytesMax = 65_536,
            VipsBytesMax = 65_536,
            VipsMax = 4_096,
            MetadataPairsMax = 65_536,
            MetadataKeyBytesMax = 65_536,
            MetadataBytesMax = 16_777_216,
        };

    /// <summary>All that is wrong with these options, at once; empty if they are good.</summary>
    public IReadOnlyList<OptionProblem> Validate() =>
        [
            .. Rules.Check(this),
            .. (Cluster?.Validate() ?? []).Select(problem => problem with { Name = $"{nameof(Cluster)}.{problem.Name}" }),
        ];

    /// <summary>These options, or an exception that names all problems: a caller bug.</summary>
    internal RegistryOptions OrThrow()
    {
        IReadOnlyList<OptionProblem> problems = Validate();
        return problems.Count == 0 ? this : throw problems.Refused(nameof(RegistryOptions));
    }
}
