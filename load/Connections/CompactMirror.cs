using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Load.Connections;

/// <summary>What a subscriber holds of each instance, in 4 bytes: so that a thousand copies of a hundred thousand instances fit one driver.</summary>
/// <remarks>
/// <para>Owner: one subscriber.</para>
/// <para>Shape: a cell for each <see cref="Instance.Number"/>: version (24 bits of it), override, own status; 0: not there.</para>
/// <para>Errors: a change that is not the next one is an exception: a subscriber to everything gets every version once, in order.</para>
/// </remarks>
internal sealed class CompactMirror
{
    private const int VersionShift = 8;
    private const int OverrideShift = 4;

    private readonly ServiceNames _services;
    private uint[] _cells;
    private ulong _version;

    /// <summary>A copy that begins as <paramref name="start"/>.</summary>
    public CompactMirror(CompactMirror start)
    {
        _services = start._services;
        _cells = [.. start._cells];
        _version = start._version;
    }

    private CompactMirror(uint[] cells, ulong version)
    {
        _services = new ServiceNames();
        _cells = cells;
        _version = version;
    }

    /// <summary>The version that it is a copy of.</summary>
    public ulong Version => Volatile.Read(ref _version);

    /// <summary>A copy of what a full read gave.</summary>
    public static CompactMirror Of(RegistryUpdate snapshot) => Of(snapshot.Instances, snapshot.Version.Number);

    /// <summary>A copy of these instances.</summary>
    public static CompactMirror Of(IReadOnlyCollection<Instance> instances, ulong version)
    {
        uint[] cells = new uint[instances.Count == 0 ? 0 : 1 + instances.Max(instance => instance.Number)];
        foreach (Instance instance in instances)
        {
            cells[instance.Number] = Cell(instance.Version, instance.OwnStatus, instance.Override);
        }

        return new CompactMirror(cells, version);
    }

    /// <summary>Applies the payload of an update; calls <paramref name="seen"/> with the number of each instance that changed.</summary>
    public void Apply(ReadOnlySpan<byte> update, Action<uint> seen)
    {
        var reader = new PayloadReader(update);
        var kind = (UpdateKind)reader.Byte();
        ulong version = reader.Number();
        if (kind == UpdateKind.Snapshot)
        {
            Replace(ref reader);
            Volatile.Write(ref _version, version);
            return;
        }

        while (!reader.AtEnd)
        {
            InstanceChange change = ChangeRecord.Read(ref reader, _services);
            if (reader.Failed || change.Version != _version + 1)
            {
                throw new IOException($"Change {change.Version} (readable: {!reader.Failed}) comes behind version {_version}.");
            }

            Put(change.Number, change.Kind == Core.Snapshots.ChangeKind.Removed ? 0 : Cell(change.Version, change.OwnStatus, change.Override));
            Volatile.Write(ref _version, change.Version);
            seen(change.Number);
        }

        if (_version != version)
        {
            throw new IOException($"An update to version {version} ends at {_version}.");
        }
    }

    /// <summary>How many instances differ from those of <paramref name="other"/>: in being there, version, override or own status.</summary>
    public int DifferencesFrom(CompactMirror other)
    {
        int length = Math.Max(_cells.Length, other._cells.Length);
        int differences = 0;
        for (int number = 0; number < length; number++)
        {
            if (_cells.ElementAtOrDefault(number) != other._cells.ElementAtOrDefault(number))
            {
                differences++;
            }
        }

        return differences;
    }

    /// <summary>True if it holds exactly what <paramref name="other"/> holds.</summary>
    public bool Equals(CompactMirror other) => _cells.AsSpan().TrimEnd(0u).SequenceEqual(other._cells.AsSpan().TrimEnd(0u));

    private void Replace(ref PayloadReader reader)
    {
        Array.Clear(_cells);
        ServiceName? service = null;
        while (!reader.AtEnd)
        {
            if ((SnapshotItem)reader.Byte() == SnapshotItem.Service)
            {
                service = _services.Read(ref reader);
                continue;
            }

            uint number = reader.Number32();
            ulong version = reader.Number();
            Instance instance = InstanceRecord.Read(ref reader, service!, number, version);
            if (reader.Failed)
            {
                throw new IOException("A snapshot cannot be read.");
            }

            Put(number, Cell(version, instance.OwnStatus, instance.Override));
        }
    }

    private void Put(uint number, uint cell)
    {
        if (number >= _cells.Length)
        {
            Array.Resize(ref _cells, (int)Math.Max(number + 1, (uint)_cells.Length * 5 / 4));
        }

        _cells[number] = cell;
    }

    private static uint Cell(ulong version, InstanceStatus own, StatusOverride? overriding) =>
        ((uint)version << VersionShift) | (overriding is null ? 0 : (uint)(overriding.Status + 1) << OverrideShift) | (uint)(own + 1);
}
