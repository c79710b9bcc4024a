using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Records;

/// <summary>Reads a whole update: its head, and then items of a snapshot, or changes, up to the end.</summary>
internal static class UpdateRecord
{
    /// <summary>Reads an update; meaningless if the reader failed.</summary>
    /// <param name="reader">Over the whole message, unpacked.</param>
    /// <param name="epoch">Of the lane that it came on.</param>
    /// <param name="services">The names of the link.</param>
    public static RegistryUpdate Read(ref PayloadReader reader, ulong epoch, ServiceNames services)
    {
        var kind = (UpdateKind)reader.Byte();
        var version = new RegistryVersion(epoch, reader.Number());
        switch (kind)
        {
            case UpdateKind.Snapshot:
                return RegistryUpdate.Snapshot(version, ReadItems(ref reader, services));
            case UpdateKind.Changes:
                return RegistryUpdate.Changed(version, ReadChanges(ref reader, services, version.Number));
            case UpdateKind.Progress:
                return RegistryUpdate.Progress(version);
            default:
                reader.Fail();
                return RegistryUpdate.Progress(version);
        }
    }

    // One that several names of a filter select comes several times.
    private static List<Instance> ReadItems(ref PayloadReader reader, ServiceNames services)
    {
        var instances = new List<Instance>();
        var numbers = new HashSet<uint>();
        ServiceName? service = null;
        while (reader.Left > 0)
        {
            var item = (SnapshotItem)reader.Byte();
            if (item == SnapshotItem.Service)
            {
                service = services.Read(ref reader);
                continue;
            }

            if (item != SnapshotItem.Instance || service is null)
            {
                reader.Fail();
                break;
            }

            Instance instance = InstanceRecord.Read(ref reader, service, reader.Number32(), reader.Number());
            if (!reader.Failed && numbers.Add(instance.Number))
            {
                instances.Add(instance);
            }
        }

        return instances;
    }

    private static List<InstanceChange> ReadChanges(ref PayloadReader reader, ServiceNames services, ulong upTo)
    {
        var changes = new List<InstanceChange>();
        ulong last = 0;
        while (reader.Left > 0)
        {
            InstanceChange change = ChangeRecord.Read(ref reader, services);
            if (change.Version <= last || change.Version > upTo)
            {
                reader.Fail();
            }

            last = change.Version;
            changes.Add(change);
        }

        return changes;
    }
}
