using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Model;

/// <summary>What the registry adds to an owner's <see cref="Registration"/>: the rest of an <see cref="Instance"/>.</summary>
/// <param name="Number">See <see cref="Instance.Number"/>.</param>
/// <param name="Version">See <see cref="Instance.Version"/>.</param>
/// <param name="Revision">See <see cref="Instance.Revision"/>.</param>
/// <param name="Override">See <see cref="Instance.Override"/>.</param>
/// <param name="RegisteredAtMs">See <see cref="Instance.RegisteredAtMs"/>.</param>
/// <param name="ServiceUpAtMs">See <see cref="Instance.ServiceUpAtMs"/>.</param>
/// <param name="UpdatedAtMs">See <see cref="Instance.UpdatedAtMs"/>.</param>
/// <param name="LastChange">See <see cref="Instance.LastChange"/>.</param>
public readonly record struct InstanceFacts(
    uint Number,
    ulong Version,
    Revision Revision,
    StatusOverride? Override,
    long RegisteredAtMs,
    long ServiceUpAtMs,
    long UpdatedAtMs,
    ChangeKind LastChange
);
