using FsCheck;
using FsCheck.Fluent;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Cluster.Tests.Merging;

/// <summary>The laws that let nodes exchange states in any order, any number of times, over any connected graph.</summary>
public sealed class MergeRuleTests
{
    // Few values for each field, so that equal and crossing revisions are common.
    private static readonly Gen<Revision> s_revisions =
        from epoch in Gen.Choose(1, 2)
        from clock in Gen.Choose(1, 3)
        from node in Gen.Choose(1, 2)
        select new Revision((uint)epoch, (ulong)clock, (uint)node);

    private static readonly Instance s_record = Instance.Restore(new ServiceName("orders"), RegistrationBuilder.Of("orders", "i-1"), default);

    private static readonly Gen<Content> s_contents = Gen.OneOf(
        Gen.Constant(default(Content)),
        s_revisions.Select(revision => new Content(revision, s_record, default)),
        from revision in s_revisions
        from cause in Gen.Elements(ChangeCause.Cancelled, ChangeCause.Expired, ChangeCause.ExpiredAfterGuard)
        select new Content(revision, null, cause)
    );

    private static readonly Gen<StatusOverride?> s_overrides = Gen.OneOf(
        Gen.Constant<StatusOverride?>(null),
        from revision in s_revisions
        from status in Gen.Elements(InstanceStatus.OutOfService, InstanceStatus.Down, InstanceStatus.Unknown)
        select (StatusOverride?)new StatusOverride(status, revision, (long)revision.Clock)
    );

    private static readonly Gen<Home> s_homes =
        from node in Gen.Choose(0, 2)
        from boot in Gen.Choose(1, 2)
        from number in Gen.Choose(1, 2)
        from clock in Gen.Choose(0, 3)
        select new Home((uint)node, (ulong)boot, (uint)number, (ulong)clock);

    private static readonly Arbitrary<KeyState> s_states = (
        from content in s_contents
        from overriding in s_overrides
        from home in s_homes
        select new KeyState(content, overriding, home)
    ).ToArbitrary();

    [Fact]
    public void Merge_is_commutative() =>
        Check(Prop.ForAll(s_states, s_states, (a, b) => MergeRule.Merge(a, b) == MergeRule.Merge(b, a)));

    [Fact]
    public void Merge_is_associative() =>
        Check(
            Prop.ForAll(
                s_states,
                s_states,
                s_states,
                (a, b, c) => MergeRule.Merge(MergeRule.Merge(a, b), c) == MergeRule.Merge(a, MergeRule.Merge(b, c))
            )
        );

    [Fact]
    public void Merge_is_idempotent() =>
        Check(
            Prop.ForAll(
                s_states,
                s_states,
                (a, b) => MergeRule.Merge(a, a) == a && MergeRule.Merge(MergeRule.Merge(a, b), b) == MergeRule.Merge(a, b)
            )
        );

    [Fact]
    public void Nothing_known_changes_nothing() => Check(Prop.ForAll(s_states, a => MergeRule.Merge(a, default) == a));

    [Fact]
    public void What_has_ended_is_live_again_only_by_a_newer_word() =>
        Check(
            Prop.ForAll(
                s_states,
                s_states,
                (a, b) =>
                    a.Content.Record is not null
                    || a.Content.Revision == default
                    || MergeRule.Merge(a, b).Content.Record is null
                    || b.Content.Revision > a.Content.Revision
            )
        );

    [Fact]
    public void Each_register_is_merged_by_itself() =>
        Check(
            Prop.ForAll(
                s_states,
                s_states,
                (a, b) =>
                {
                    KeyState merged = MergeRule.Merge(a, b);
                    return merged.Content == MergeRule.Newer(a.Content, b.Content)
                        && merged.Override == MergeRule.Newer(a.Override, b.Override)
                        && merged.Home == MergeRule.Newer(a.Home, b.Home);
                }
            )
        );

    private static void Check(Property law) => law.Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
