using Rollcall.Core.Model;

namespace Rollcall.Transports.Http.Polling;

/// <summary>Whether two records of one instance say the same: of a lease only its length, for renewals are no change.</summary>
internal static class RecordComparer
{
    private static readonly InstanceText[] s_texts = Enum.GetValues<InstanceText>();

    public static bool Same(Instance a, Instance b) =>
        (a.OwnStatus, a.Override?.Status, a.ClientStamp, a.UpdatedAtMs, a.LeaseDuration, a.RenewalInterval)
            == (b.OwnStatus, b.Override?.Status, b.ClientStamp, b.UpdatedAtMs, b.LeaseDuration, b.RenewalInterval)
        && (a.Port, a.PortEnabled, a.SecurePort, a.SecurePortEnabled, a.Weight)
            == (b.Port, b.PortEnabled, b.SecurePort, b.SecurePortEnabled, b.Weight)
        && Array.TrueForAll(s_texts, text => SameText(a, b, text))
        && a.Metadata.ToArray().AsSpan().SequenceEqual(b.Metadata.ToArray())
        && a.Attributes.ToArray().AsSpan().SequenceEqual(b.Attributes.ToArray());

    private static bool SameText(Instance a, Instance b, InstanceText text) =>
        a.TryGetUtf8(text, out ReadOnlySpan<byte> left) == b.TryGetUtf8(text, out ReadOnlySpan<byte> right) && left.SequenceEqual(right);
}
