using System.Globalization;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core;

/// <summary>Says in a sentence or two why an instance is, or is not, there: the same words on every transport.</summary>
internal static class ExplanationText
{
    public static Explanation Explain(
        InstanceKey key,
        Instance? record,
        long lastRenewalMs,
        long leaseEndsMs,
        bool heldByGuard,
        bool provisional,
        uint? home,
        IReadOnlyList<Change> events,
        long knownSinceMs,
        long nowMs
    )
    {
        string name = RegistryError.Shown(key.ToString());
        string summary = record is null
            ? Absent(name, events, knownSinceMs, nowMs)
            : Present(name, record, lastRenewalMs, leaseEndsMs, heldByGuard, provisional, nowMs)
                + Elsewhere(home);
        return new Explanation(record, lastRenewalMs, leaseEndsMs, heldByGuard, provisional, home, events, knownSinceMs, summary);
    }

    private static string Present(string name, Instance record, long lastRenewalMs, long leaseEndsMs, bool held, bool provisional, long nowMs)
    {
        string status = record.Override is { } overriding
            ? $"{record.Status} (own status {record.OwnStatus}, override {overriding.Status} set {Ago(overriding.SetAtMs, nowMs)})"
            : $"{record.Status}";
        string lease = held
            ? $"its lease ended {Ago(leaseEndsMs, nowMs)}, but the guard against mass expiry keeps it"
            : $"its lease ends {Ahead(leaseEndsMs, nowMs)} unless it is renewed";
        string renewed = provisional
            ? $"provisionally taken from this node's file {Ago(lastRenewalMs, nowMs)}, not renewed since"
            : $"renewed last {Ago(lastRenewalMs, nowMs)}";
        return $"{name} is there, {status}: registered {Ago(record.RegisteredAtMs, nowMs)}, {renewed}; {lease}.";
    }

    private static string Elsewhere(uint? home) =>
        home is { } node ? $" Its owner renews at node {node:x}, which alone ends the lease; this is a replica, and takes over if that node falls silent." : "";

    private static string Absent(string name, IReadOnlyList<Change> events, long knownSinceMs, long nowMs)
    {
        if (events.Count == 0)
        {
            return $"{name} is not there, and nothing is known of it: it did not register since {Time(knownSinceMs)}.";
        }

        Change last = events[^1];
        string when = Ago(last.AtMs, nowMs);
        string why = last.Cause switch
        {
            ChangeCause.Cancelled => $"it was cancelled {when} by {By(last.Source)}",
            ChangeCause.Expired => string.Create(
                CultureInfo.InvariantCulture,
                $"its lease of {last.Record.LeaseDuration.TotalSeconds:0.###} s ended {when} without a renewal"
            ),
            ChangeCause.ExpiredAfterGuard => $"its lease had ended, and it went {when} when the guard against mass expiry let go",
            _ => $"it is being removed; last seen {when}",
        };
        return $"{name} is not there: {why}.";
    }

    private static string By(WriteSource source) =>
        source switch
        {
            WriteSource.Owner => "its owner",
            WriteSource.Peer => "a peer",
            WriteSource.Operator => "an operator",
            _ => "the registry",
        };

    private static string Ago(long ms, long nowMs) => Seconds(nowMs - ms) + " ago";

    private static string Ahead(long ms, long nowMs) => "in " + Seconds(ms - nowMs);

    private static string Seconds(long ms) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, ms) / 1000.0:0.0} s");

    private static string Time(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
