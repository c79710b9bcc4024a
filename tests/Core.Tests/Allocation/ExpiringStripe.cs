using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Stripes;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Allocation;

/// <summary>One stripe by itself, whose leases expire again and again: what expiry costs before it is published.</summary>
internal sealed class ExpiringStripe
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    private readonly StripeTable _table = new(SteppedRegistry.Unguarded with { StripeCount = 1 }, node: 1);
    private readonly Registration[] _registrations;
    private readonly List<Change> _drained = [];
    private MonotonicTime _now;

    public ExpiringStripe(int count) => _registrations = [.. RegistrationBuilder.Many("orders", count)];

    /// <summary>Registers all and lets them fall silent; what changed is taken away, as the publisher does.</summary>
    public void Fill()
    {
        foreach (Registration registration in _registrations)
        {
            var draft = new Instance(new ServiceName("orders"), TextBlock.Pack(registration))
            {
                LeaseDuration = Lease,
                RenewalInterval = Lease / 3,
            };
            HashedKey key = _table.Hash(InstanceKey.Of(draft));
            _table.Of(key.IdHash).Register(key, draft, null, WriteSource.Owner, new WriteMoment(_now, 0));
        }

        Advance(Lease * 0.75);
        _drained.Clear();
        _table.DrainChanges(_drained);
    }

    /// <summary>Ends all of them.</summary>
    public void Expire()
    {
        if (Advance(Lease * 0.5) != _registrations.Length)
        {
            throw new InvalidOperationException("not all leases have ended");
        }
    }

    private int Advance(TimeSpan span)
    {
        _now += span;
        _table.Clock.Advance(_now);
        var tally = default(AdvanceTally);
        while (!_table.Stripes[0].Advance(_table.Clock.TickAt(_now), 256, new WriteMoment(_now, 0), ref tally)) { }

        return tally.Expired;
    }
}
