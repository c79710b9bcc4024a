using System.Globalization;
using Rollcall.Core.Snapshots;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>What a registry's document says of an instance beside its owner's registration.</summary>
internal sealed class RegistryWord
{
    private long _renewedAtMs;
    private long _endedAtMs;

    /// <summary>How the record came to be, or that it is gone. A member that is absent, as Java's clients have it, is no change.</summary>
    public ChangeKind? Kind { get; private set; }

    /// <summary>When that was, milliseconds since 1970; 0: not said.</summary>
    public long UpdatedAtMs { get; private set; }

    /// <summary>When the owner registered last, milliseconds since 1970; 0: not said.</summary>
    public long RegisteredAtMs { get; private set; }

    /// <summary>True for the members of <c>leaseInfo</c> that are taken here.</summary>
    public static bool IsOfLease(Member member) =>
        member is Member.RegistrationTimestamp or Member.LastRenewalTimestamp or Member.EvictionTimestamp;

    /// <summary>
    /// Of one that is gone: whether its lease had run out, for <c>DELETED</c> is said of cancelled ones too. True also if it cannot be told.
    /// </summary>
    /// <remarks>Java's time of the last renewal lies a lease ahead; that makes no difference to what was silent for a whole lease more.</remarks>
    public bool RanOut(TimeSpan lease) => _endedAtMs == 0 || _endedAtMs - _renewedAtMs >= (long)lease.TotalMilliseconds;

    /// <summary>Sets a member; null is absent.</summary>
    public void Set(Member member, string? text)
    {
        long number = long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long ms) ? ms : 0;
        switch (member)
        {
            case Member.ActionType:
                Kind = text switch
                {
                    "ADDED" => ChangeKind.Added,
                    "MODIFIED" => ChangeKind.Modified,
                    "DELETED" => ChangeKind.Removed,
                    _ => null,
                };
                break;
            case Member.LastUpdatedTimestamp:
                UpdatedAtMs = number;
                break;
            case Member.RegistrationTimestamp:
                RegisteredAtMs = number;
                break;
            case Member.LastRenewalTimestamp:
                _renewedAtMs = number;
                break;
            case Member.EvictionTimestamp:
                _endedAtMs = number;
                break;
        }
    }
}

/// <summary>An instance as a document of a registry tells it.</summary>
/// <param name="Record">What its owner said, its status being the one in force.</param>
/// <param name="Word">What the registry adds.</param>
internal sealed record ToldInstance(Core.Model.Registration Record, RegistryWord Word)
{
    /// <summary>The override that made the status what it is. One that is said but not in force is left out: nobody may go by it.</summary>
    public Core.Model.InstanceStatus? Override => Record.Override == Record.Status ? Record.Override : null;
}
