using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Watching;

/// <summary>A copy of what a filter selects, kept up to date by updates.</summary>
/// <remarks>
/// <para>Owner: one caller at a time.</para>
/// <para>I1: after an update the copy holds exactly what the registry held at <see cref="Version"/>.</para>
/// <para>Cost: O(changes) per update; a snapshot O(instances).</para>
/// </remarks>
public sealed class RegistryMirror
{
    private Dictionary<uint, Instance> _byNumber = [];

    /// <summary>The version that it is a copy of.</summary>
    public RegistryVersion Version { get; private set; }

    /// <summary>Its instances, in no order.</summary>
    public IReadOnlyCollection<Instance> Instances => _byNumber.Values;

    /// <summary>One of its instances, by <see cref="Instance.Number"/>; null if it does not hold that.</summary>
    public Instance? Find(uint number) => _byNumber.GetValueOrDefault(number);

    /// <summary>Applies an update.</summary>
    /// <exception cref="InvalidOperationException">A change of something that the copy does not hold, or out of order: the sender's bug.</exception>
    public void Apply(RegistryUpdate update)
    {
        if (update.Kind == UpdateKind.Snapshot)
        {
            _byNumber = update.Instances.ToDictionary(instance => instance.Number);
        }
        else if (update.Version.Epoch != Version.Epoch || update.Version.Number < Version.Number)
        {
            throw new InvalidOperationException($"An update to version {update.Version} does not follow version {Version}.");
        }

        ulong last = Version.Number;
        foreach (InstanceChange change in update.Changes)
        {
            if (change.Version <= last || change.Version > update.Version.Number)
            {
                throw new InvalidOperationException(
                    $"Change {change.Version} behind change {last} is out of order in an update to version {update.Version}."
                );
            }

            Apply(change);
            last = change.Version;
        }

        Version = update.Version;
    }

    private void Apply(in InstanceChange change)
    {
        if (change.Kind == ChangeKind.Removed)
        {
            _byNumber.Remove(change.Number);
        }
        else if (change.Record is { } record)
        {
            _byNumber[change.Number] = record;
        }
        else if (_byNumber.TryGetValue(change.Number, out Instance? held))
        {
            _byNumber[change.Number] = held.With(change);
        }
        else
        {
            throw new InvalidOperationException($"Change {change.Version} is of number {change.Number}, which is not held.");
        }
    }
}
