using Rollcall.Core;
using Rollcall.Core.Model;

namespace Rollcall.Transports.Http.Polling;

/// <summary>Whether two records of one instance say the same: of a lease only its length, for renewals are no change.</summary>
internal static class RecordComparer
{
    private static readonly InstanceText[] s_texts = Enum.GetValues<InstanceText>();

    /// <summary>True if they say the same.</summary>
    public static bool Same(Instance a, Instance b) =>
        (a.OwnStatus, a.Override?.Status, a.ClientStamp, a.LeaseDuration, a.RenewalInterval)
            == (b.OwnStatus, b.Override?.Status, b.ClientStamp, b.LeaseDuration, b.RenewalInterval)
        && (a.Port, a.PortEnabled, a.SecurePort, a.SecurePortEnabled, a.Weight)
            == (b.Port, b.PortEnabled, b.SecurePort, b.SecurePortEnabled, b.Weight)
        && Array.TrueForAll(s_texts, text => SameText(a, b, text))
        && a.Metadata.ToArray().AsSpan().SequenceEqual(b.Metadata.ToArray())
        && a.Attributes.ToArray().AsSpan().SequenceEqual(b.Attributes.ToArray());

    /// <summary>True if a record is what an owner would have made by saying this; an override that is not said may be there.</summary>
    public static bool Says(Instance record, Registration told, RegistryOptions options)
    {
        if (told.ClientStamp != record.ClientStamp || told.Check(options) is not null)
        {
            return false; // no need to look at the text
        }

        Registration whole = told with
        {
            LeaseDuration = told.LeaseDuration ?? options.LeaseDurationDefault,
            RenewalInterval = told.RenewalInterval ?? options.RenewalIntervalDefault,
        };
        StatusOverride? overriding = told.Override is { } status ? new StatusOverride(status, default, 0) : record.Override;
        return Same(record, Instance.Restore(record.Service, whole, default(InstanceFacts) with { Override = overriding }));
    }

    private static bool SameText(Instance a, Instance b, InstanceText text) =>
        a.TryGetUtf8(text, out ReadOnlySpan<byte> left) == b.TryGetUtf8(text, out ReadOnlySpan<byte> right) && left.SequenceEqual(right);
}
