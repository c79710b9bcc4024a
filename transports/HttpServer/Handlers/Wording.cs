using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Http.V1;

namespace Rollcall.Transports.HttpServer.Handlers;

/// <summary>The words for sources, reasons and times, as pages and <c>/v1</c> show them.</summary>
internal static class Wording
{
    /// <summary>At whose word; null for the end of a lease, which is nobody's.</summary>
    public static string? SourceOf(in Change change) =>
        (change.Cause, change.Source) switch
        {
            (ChangeCause.Expired or ChangeCause.ExpiredAfterGuard, _) => null,
            (_, WriteSource source) => V1Words.Of(source),
        };

    public static string Of(GuardReason reason) =>
        reason switch
        {
            GuardReason.Calm => "calm",
            GuardReason.ManySilent => "many-silent",
            GuardReason.RenewalsReturned => "renewals-returned",
            GuardReason.LossConfirmed => "loss-confirmed",
            GuardReason.HeldLongEnough => "held-long-enough",
            GuardReason.CutOff => "cut-off",
            _ => "disabled",
        };

    /// <summary>ISO 8601 in UTC with milliseconds; times beyond the calendar are shown as its end.</summary>
    public static string Time(long ms)
    {
        long clamped = Math.Clamp(
            ms,
            DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
            DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        );
        return DateTimeOffset
            .FromUnixTimeMilliseconds(clamped)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }
}
