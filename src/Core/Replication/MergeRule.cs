using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>Who wins: the one place that decides between two nodes' knowledge of one key.</summary>
/// <remarks>
/// <para>
/// Merge is the maximum of each register by its own total order, so the whole is commutative, associative and idempotent: nodes that
/// have seen the same states, in whatever order and however often, know the same.
/// </para>
/// <para>
/// No client's clock has a say (<see cref="Instance.ClientStamp"/>). What is ended stays ended until something newer is said, and
/// only an owner's registration, or <see cref="IsWrongEnd"/>, says something newer of what has ended.
/// </para>
/// </remarks>
public static class MergeRule
{
    /// <summary>What is known when both are known.</summary>
    public static KeyState Merge(in KeyState a, in KeyState b) =>
        new(Newer(a.Content, b.Content), Newer(a.Override, b.Override), Newer(a.Home, b.Home));

    /// <summary>The newer content. If one revision was given out twice (<see cref="WasGivenTwice"/>), an end wins, so that all agree.</summary>
    public static Content Newer(in Content a, in Content b)
    {
        int order = a.Revision.CompareTo(b.Revision);
        order = order != 0 ? order : (a.Record is null).CompareTo(b.Record is null);
        order = order != 0 ? order : a.End.CompareTo(b.End);
        return order >= 0 ? a : b;
    }

    /// <summary>The newer override; a cleared one is one, and none at all is the oldest.</summary>
    public static StatusOverride? Newer(StatusOverride? a, StatusOverride? b)
    {
        if (a is null || b is null)
        {
            return a ?? b;
        }

        int order = a.Revision.CompareTo(b.Revision);
        order = order != 0 ? order : a.Status.CompareTo(b.Status);
        return order >= 0 ? a : b;
    }

    /// <summary>The newer home.</summary>
    public static Home Newer(in Home a, in Home b) => a.CompareTo(b) >= 0 ? a : b;

    /// <summary>
    /// True if an expiry is to be answered with the record itself, at a newer revision: somebody who is not the home, and so does not
    /// see the renewals, took over a lease that is renewed.
    /// </summary>
    /// <param name="end">The end that would win.</param>
    /// <param name="homeHere">True if the home is this node: then it did not end the lease, and nobody else knows better.</param>
    /// <param name="home">The home as known here.</param>
    /// <param name="renewedWithinLease">True if the lease here was renewed no longer ago than it lasts.</param>
    public static bool IsWrongEnd(in Content end, bool homeHere, in Home home, bool renewedWithinLease) =>
        renewedWithinLease && end.Expired && (homeHere || end.Revision.Node != home.Node);

    /// <summary>
    /// True if a newer record is to be answered with the one here, at a newer revision: it bears the name of this node, which did not
    /// make it in this boot, and the owner has registered here since.
    /// </summary>
    /// <remarks>A node that restarts with a clock that went back would else lose to its own past.</remarks>
    /// <param name="newer">The content that would win.</param>
    /// <param name="present">The record here, whose home is here.</param>
    /// <param name="node">This node.</param>
    public static bool IsOfFormerBoot(in Content newer, Instance present, uint node) =>
        newer.Revision.Node == node && present.Revision.Node == node;

    /// <summary>True if two records that are not the same bear one revision: whoever sees both says the later at a newer revision.</summary>
    /// <remarks>
    /// A node that follows a clock that is ahead counts on from there, and after a restart without its file from the same number again.
    /// </remarks>
    public static bool WasGivenTwice(Instance a, Instance b) => a.Revision == b.Revision && a.RegisteredAtMs != b.RegisteredAtMs;

    /// <summary>The later of two records that bear one revision.</summary>
    public static Instance Later(Instance a, Instance b) => a.RegisteredAtMs >= b.RegisteredAtMs ? a : b;
}
