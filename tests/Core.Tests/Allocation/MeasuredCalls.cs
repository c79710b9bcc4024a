using System.Text;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Stripes;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Allocation;

/// <summary>What each line of the budget measures: prepares a round, and runs it.</summary>
internal sealed class MeasuredCalls
{
    private const int InstanceCount = 2_000;
    private const int Batch = 64;
    private const int AdvancesOfTwoIntervals = 40;

    private static readonly InstanceFilter[] Filters =
    [
        InstanceFilter.All,
        InstanceFilter.Services("orders", "payments"),
        InstanceFilter.Vips(secure: false, "none"),
        InstanceFilter.Vips(secure: true, "none", "other"),
    ];

    private static readonly DocumentCoding[] Codings = [DocumentCoding.Plain, DocumentCoding.Gzip];

    private readonly SteppedRegistry _under = new(SteppedRegistry.Options);
    private readonly LeaseHandle[] _handles = new LeaseHandle[InstanceCount];
    private readonly byte[][] _ids = new byte[InstanceCount][];
    private readonly int[] _unknown = new int[InstanceCount];
    private readonly EncodedSnapshotCache<EchoEncoder> _cache;
    private readonly EncodedChangeLog<EchoChangeEncoder> _log;
    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private readonly Subscription _subscription;
    private readonly TimingWheel _wheel = new(0);
    private readonly ExpiringStripe _stripe = new(InstanceCount);
    private readonly Dictionary<string, Call> _calls;

    public MeasuredCalls()
    {
        for (int i = 0; i < InstanceCount; i++)
        {
            _ids[i] = Encoding.UTF8.GetBytes($"host-{i}:orders:8080");
            _handles[i] = _under
                .Register("orders", $"host-{i}:orders:8080", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10))
                .Handle;
        }

        _cache = new EncodedSnapshotCache<EchoEncoder>(_under.Registry, default);
        _log = new EncodedChangeLog<EchoChangeEncoder>(_under.Registry, default, long.MaxValue);
        _subscription = _under.Registry.Subscribers.Subscribe(InstanceFilter.All, 0);
        _calls = new Dictionary<string, Call>
        {
            ["RegistryService.Renew(LeaseHandle)"] = new(PassATick, RenewEach, InstanceCount),
            ["RegistryService.Renew(ReadOnlySpan<LeaseHandle>)"] = new(PassATick, RenewMany, InstanceCount / Batch),
            ["RegistryService.Renew(InstanceKey)"] = new(PassATick, RenewByKey, InstanceCount),
            ["RegistryService.ReadSnapshot"] = new(Nothing, ReadSnapshots, InstanceCount),
            ["RegistryService.Find"] = new(Nothing, Find, InstanceCount),
            ["RegistryService.FindById"] = new(Nothing, FindById, InstanceCount),
            ["RegistryService.Advance"] = new(RenewEach, AdvanceTwoIntervals, AdvancesOfTwoIntervals),
            ["Stripe.Advance"] = new(_stripe.Fill, _stripe.Expire, InstanceCount),
            ["TimingWheel.Schedule"] = new(Nothing, ScheduleAndTake, InstanceCount),
            ["EncodedSnapshotCache.Full"] = new(Nothing, ReadFull, InstanceCount),
            ["EncodedSnapshotCache.Service"] = new(Nothing, ReadService, InstanceCount),
            ["EncodedSnapshotCache.Delta"] = new(ReadDelta, ReadDelta, InstanceCount),
            ["EncodedDocument.GetEnumerator"] = new(Nothing, WalkSegments, 2),
            ["EncodedChangeLog.Read"] = new(ReadChanges, ReadChanges, InstanceCount),
            ["Subscription.Acknowledge"] = new(Nothing, Acknowledge, InstanceCount),
        };
    }

    /// <summary>The lines that are measured.</summary>
    public IEnumerable<string> Names => _calls.Keys;

    /// <summary>
    /// Bytes that one round allocates on this thread, after rounds enough for the code to be compiled for good.
    /// </summary>
    public (long Bytes, int Calls) Measure(string name)
    {
        Call call = _calls[name];
        long bytes = 0;
        for (int round = 0; round < 8; round++)
        {
            call.Prepare();
            long before = GC.GetAllocatedBytesForCurrentThread();
            call.Round();
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return (bytes, call.Count);
    }

    private static void Nothing() { }

    private void PassATick() => _under.Pass(_under.Registry.Options.WheelTick);

    private void RenewEach()
    {
        MonotonicTime now = _under.Now;
        foreach (LeaseHandle handle in _handles)
        {
            Require(_under.Registry.Renew(handle, now));
        }
    }

    private void RenewMany()
    {
        MonotonicTime now = _under.Now;
        for (int at = 0; at + Batch <= InstanceCount; at += Batch)
        {
            Require(_under.Registry.Renew(_handles.AsSpan(at, Batch), now, _unknown) == 0);
        }
    }

    private void RenewByKey()
    {
        MonotonicTime now = _under.Now;
        foreach (byte[] id in _ids)
        {
            Require(_under.Registry.Renew(new InstanceKey("Orders"u8, id), 1, now).Outcome != RenewOutcome.Unknown);
        }
    }

    private void ReadSnapshots()
    {
        for (int i = 0; i < InstanceCount; i++)
        {
            Require(_under.Registry.ReadSnapshot().Count == InstanceCount);
        }
    }

    private void Find()
    {
        foreach (byte[] id in _ids)
        {
            Require(_under.Registry.Find(new InstanceKey("orders"u8, id)) is not null);
        }
    }

    private void FindById()
    {
        foreach (byte[] id in _ids)
        {
            Require(_under.Registry.FindById(id) is not null);
        }
    }

    /// <summary>Two intervals pass, owners renew every half of one: every lease is looked at and filed anew, none ends.</summary>
    private void AdvanceTwoIntervals()
    {
        for (int i = 0; i < AdvancesOfTwoIntervals; i++)
        {
            _under.Clock.Pass(SteppedRegistry.Step);
            Require(_under.Registry.Advance(_under.Now).Expired == 0);
            if (i % 10 == 9)
            {
                RenewEach();
            }
        }
    }

    private void ScheduleAndTake()
    {
        for (int entry = 0; entry < InstanceCount; entry++)
        {
            _wheel.Schedule(entry, _wheel.Now + (uint)entry);
        }

        int taken = 0;
        int budget = int.MaxValue;
        for (uint until = _wheel.Now + InstanceCount; _wheel.TryTake(until, ref budget, out _); taken++) { }

        Require(taken == InstanceCount);
    }

    private void ReadFull()
    {
        RegistrySnapshot snapshot = _under.Registry.ReadSnapshot();
        for (int i = 0; i < InstanceCount; i++)
        {
            Require(_cache.Full(snapshot, i % 2 == 0 ? DocumentCoding.Gzip : DocumentCoding.Plain).Length > 0);
        }
    }

    private void ReadService()
    {
        RegistrySnapshot snapshot = _under.Registry.ReadSnapshot();
        for (int i = 0; i < InstanceCount; i++)
        {
            Require(_cache.Service(snapshot, "ORDERS", i % 2 == 0 ? DocumentCoding.Gzip : DocumentCoding.Plain)!.Length > 0);
        }
    }

    private void ReadDelta()
    {
        RegistrySnapshot snapshot = _under.Registry.ReadSnapshot();
        MonotonicTime now = _under.Now;
        for (int i = 0; i < InstanceCount; i++)
        {
            Require(_cache.Delta(snapshot, now, i % 2 == 0 ? DocumentCoding.Gzip : DocumentCoding.Plain)!.Length > 0);
        }
    }

    private void WalkSegments()
    {
        RegistrySnapshot snapshot = _under.Registry.ReadSnapshot();
        foreach (DocumentCoding coding in Codings)
        {
            long bytes = 0;
            EncodedDocument document = _cache.Full(snapshot, coding);
            foreach (ReadOnlyMemory<byte> segment in document)
            {
                bytes += segment.Length;
            }

            Require(bytes == document.Length);
        }
    }

    // As 2,000 subscribers would: each takes the last changes, through a filter of one of the kinds.
    private void ReadChanges()
    {
        ulong version = _under.Version;
        for (int i = 0; i < InstanceCount; i++)
        {
            _segments.Clear();
            ChangeRead read = _log.Read(version - 100, Filters[i % Filters.Length], int.MaxValue, _segments);
            Require(read.Reached == version && read.Count == (i % Filters.Length < 2 ? 100 : 0));
        }
    }

    private void Acknowledge()
    {
        ulong acknowledged = _subscription.Acknowledged;
        for (ulong i = 1; i <= InstanceCount; i++)
        {
            _subscription.Sent(acknowledged + i);
            _subscription.Acknowledge(acknowledged + i);
            _subscription.Passed(acknowledged + i);
            Require(_subscription.Acknowledged == acknowledged + i);
        }
    }

    // Not an assertion of xunit: those allocate.
    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("a measured call did not do what it is measured for");
        }
    }

    private sealed record Call(Action Prepare, Action Round, int Count);
}
