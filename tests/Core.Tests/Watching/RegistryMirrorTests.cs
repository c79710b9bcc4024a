using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Watching;

/// <summary>What a copy takes, and what it refuses: a sender's bug must not pass for content.</summary>
public class RegistryMirrorTests
{
    private const ulong Epoch = 7;

    private readonly SteppedRegistry _under = new();
    private readonly RegistryMirror _mirror = new();

    [Fact]
    public void A_snapshot_replaces_everything_whatever_came_before()
    {
        _under.Register("orders", "i-1");
        _mirror.Apply(Snapshot(9));
        _under.Cancel("orders", "i-1");
        _under.Register("orders", "i-2");
        _mirror.Apply(RegistryUpdate.Snapshot(new RegistryVersion(Epoch + 1, 3), [.. _under.Registry.ReadSnapshot().Instances()]));
        Assert.Equal("i-2", Assert.Single(_mirror.Instances).Id);
        Assert.Equal(new RegistryVersion(Epoch + 1, 3), _mirror.Version);
    }

    [Fact]
    public void A_status_change_makes_the_record_that_the_registry_has()
    {
        _under.Register(RegistrationBuilder.Full("orders", "i-1") with { Status = InstanceStatus.OutOfService, ServiceUpAtMs = null });
        _mirror.Apply(Snapshot(1));
        _under.Clock.Pass(TimeSpan.FromSeconds(3));
        _under.SetStatus("orders", "i-1", InstanceStatus.Up); // the first time that it is up
        Apply(InstanceChange.Of(_under.Registry.ReadDelta(1).Changes[0]));
        Assert.Equal(Portrait.Whole(_under.Find("orders", "i-1")!), Portrait.Whole(Assert.Single(_mirror.Instances)));
        Assert.NotEqual(0, Assert.Single(_mirror.Instances).ServiceUpAtMs);
    }

    [Fact]
    public void Removing_what_is_not_held_is_no_error()
    {
        _mirror.Apply(Snapshot(1));
        Apply(Change(2, ChangeKind.Removed));
        Assert.Empty(_mirror.Instances);
        Assert.Equal(2ul, _mirror.Version.Number);
    }

    [Fact]
    public void A_status_change_of_what_is_not_held_is_the_senders_bug()
    {
        _mirror.Apply(Snapshot(1));
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => Apply(Change(2, ChangeKind.Modified)));
        Assert.Contains("number 5", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_comes_twice_is_the_senders_bug()
    {
        _mirror.Apply(Snapshot(1));
        Apply(Change(2, ChangeKind.Removed));
        Assert.Throws<InvalidOperationException>(() => Apply(Change(2, ChangeKind.Removed)));
        Assert.Throws<InvalidOperationException>(() =>
            _mirror.Apply(
                RegistryUpdate.Changed(new RegistryVersion(Epoch, 9), [Change(4, ChangeKind.Removed), Change(4, ChangeKind.Removed)])
            )
        );
    }

    [Fact]
    public void A_change_beyond_the_version_of_its_update_is_the_senders_bug()
    {
        _mirror.Apply(Snapshot(1));
        Assert.Throws<InvalidOperationException>(() =>
            _mirror.Apply(RegistryUpdate.Changed(new RegistryVersion(Epoch, 2), [Change(3, ChangeKind.Removed)]))
        );
    }

    [Fact]
    public void Changes_of_another_boot_or_of_the_past_do_not_follow()
    {
        _mirror.Apply(Snapshot(5));
        Assert.Throws<InvalidOperationException>(() => _mirror.Apply(RegistryUpdate.Progress(new RegistryVersion(Epoch + 1, 6))));
        Assert.Throws<InvalidOperationException>(() => _mirror.Apply(RegistryUpdate.Progress(new RegistryVersion(Epoch, 4))));
        Assert.Equal(new RegistryVersion(Epoch, 5), _mirror.Version);
    }

    private static InstanceChange Change(ulong version, ChangeKind kind) =>
        new(version, 5, kind, ChangeCause.StatusSet, WriteSource.Operator, 0, default, null, InstanceStatus.Up, null);

    private RegistryUpdate Snapshot(ulong version) =>
        RegistryUpdate.Snapshot(new RegistryVersion(Epoch, version), [.. _under.Registry.ReadSnapshot().Instances()]);

    private void Apply(InstanceChange change) =>
        _mirror.Apply(RegistryUpdate.Changed(new RegistryVersion(Epoch, change.Version), [change]));
}
