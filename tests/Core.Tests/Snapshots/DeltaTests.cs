using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Snapshots;

/// <summary>Reading what changed since a version: how far back it reaches, and what it says when it does not.</summary>
public class DeltaTests
{
    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded with { ChangeRingCapacity = 64 });

    [Fact]
    public void At_the_present_version_there_is_nothing()
    {
        DeltaResult empty = _under.Registry.ReadDelta(0);
        Assert.Equal((null, 0, 0UL), (empty.Error, empty.Changes.Count, empty.Snapshot.Version));
        _under.Register("orders", "i-1");
        Assert.Empty(_under.Registry.ReadDelta(1).Changes);
    }

    [Fact]
    public void As_many_changes_as_the_option_says_are_kept_and_not_one_more()
    {
        Change(100);
        DeltaResult kept = _under.Registry.ReadDelta(100 - 64);
        Assert.Null(kept.Error);
        Assert.Equal(Enumerable.Range(37, 64).Select(v => (ulong)v), kept.Changes.Select(change => change.Version));

        DeltaResult behind = _under.Registry.ReadDelta(100 - 65);
        Assert.Equal(RegistryErrorCode.TooFarBehind, behind.Error?.Code);
        Assert.Empty(behind.Changes);
        Assert.Contains("35", behind.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("36", behind.Error.Message, StringComparison.Ordinal);
        Assert.Contains("100", behind.Error.Message, StringComparison.Ordinal);
        Assert.Equal(100UL, behind.Snapshot.Version);
    }

    [Theory]
    [InlineData(2UL)]
    [InlineData(1_000_000UL)]
    [InlineData(ulong.MaxValue)]
    public void A_version_from_the_future_is_answered_like_one_that_is_too_old(ulong since)
    {
        _under.Register("orders", "i-1");
        Assert.Equal(RegistryErrorCode.TooFarBehind, _under.Registry.ReadDelta(since).Error?.Code);
    }

    [Fact]
    public void Gone_and_back_again_within_one_delta_is_told_in_order()
    {
        // Polaris, issue 1249: deleted then added inside one window broke the hash.
        _under.Register("orders", "i-1");
        _under.Cancel("orders", "i-1");
        _under.Register("orders", "i-1");
        Assert.Equal(
            [ChangeKind.Added, ChangeKind.Removed, ChangeKind.Added],
            _under.Registry.ReadDelta(0).Changes.Select(change => change.Kind)
        );
    }

    [Fact]
    public void Changes_carry_the_record_as_it_was_and_not_as_it_is()
    {
        _under.Register(RegistrationBuilder.Of("orders", "i-1") with { HostName = "first" });
        _under.Register(RegistrationBuilder.Of("orders", "i-1") with { HostName = "second" });
        _under.Cancel("orders", "i-1");
        Assert.Equal(
            ["first", "second", "second"],
            _under.Registry.ReadDelta(0).Changes.Select(change => change.Record.GetText(InstanceText.HostName))
        );
    }

    [Fact]
    public void An_old_snapshot_stays_as_it_was()
    {
        Change(10);
        RegistrySnapshot old = _under.Registry.ReadSnapshot();
        string[] content = [.. old.Instances().Select(Portrait.Of)];
        Change(200);
        Assert.Equal(content, old.Instances().Select(Portrait.Of));
        Assert.Equal((10UL, content.Length), (old.Version, old.Count));
    }

    private void Change(int times)
    {
        for (int i = 0; i < times; i++)
        {
            _under.Register("orders", $"i-{i % 7}");
        }
    }
}
