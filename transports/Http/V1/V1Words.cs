using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Http.V1;

/// <summary>The words of <c>/v1</c> for kinds, causes and sources, both ways: the one place.</summary>
public static class V1Words
{
    /// <summary>What the index says it is the index of.</summary>
    public const string Registry = "rollcall";

    /// <summary>The name of a status; of a value that is none, the number, so that the registry is the one to refuse it.</summary>
    public static string Of(InstanceStatus status) =>
        status <= InstanceStatus.Unknown ? EurekaStatus.Text(status) : ((byte)status).ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="Of(InstanceStatus)"/> wrote.</summary>
    public static bool TryParseStatus(ReadOnlySpan<char> text, out InstanceStatus status)
    {
        bool number = byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte value);
        status = (InstanceStatus)value;
        return number || EurekaStatus.TryParseExact(text, out status);
    }

    /// <summary>What a change did.</summary>
    public static string Of(ChangeKind kind) =>
        kind switch
        {
            ChangeKind.Added => "added",
            ChangeKind.Modified => "modified",
            _ => "removed",
        };

    /// <summary>Why.</summary>
    public static string Of(ChangeCause cause) =>
        cause switch
        {
            ChangeCause.Registered => "registered",
            ChangeCause.Cancelled => "cancelled",
            ChangeCause.Expired => "expired",
            ChangeCause.ExpiredAfterGuard => "expired-after-guard",
            ChangeCause.StatusSet => "status-set",
            ChangeCause.StatusCleared => "status-cleared",
            ChangeCause.Reissued => "reissued",
            ChangeCause.Restored => "restored",
            _ => "metadata-set",
        };

    /// <summary>At whose word.</summary>
    public static string Of(WriteSource source) =>
        source switch
        {
            WriteSource.Owner => "owner",
            WriteSource.Peer => "peer",
            WriteSource.Operator => "operator",
            _ => "registry",
        };

    /// <summary>What an update does; also the name of the event.</summary>
    public static string Of(UpdateKind kind) =>
        kind switch
        {
            UpdateKind.Snapshot => "snapshot",
            UpdateKind.Changes => "changes",
            _ => "progress",
        };

    /// <summary>What a renewal found.</summary>
    public static string Of(RenewOutcome outcome) =>
        outcome switch
        {
            RenewOutcome.Same => "same",
            RenewOutcome.Newer => "newer",
            RenewOutcome.Older => "older",
            _ => "unknown",
        };

    /// <summary>The value that a word stands for; false if it stands for none.</summary>
    internal static bool TryFind<T>(string? word, Func<T, string> wordOf, out T value)
        where T : struct, Enum
    {
        foreach (T candidate in Enum.GetValues<T>())
        {
            if (wordOf(candidate) == word)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }
}
