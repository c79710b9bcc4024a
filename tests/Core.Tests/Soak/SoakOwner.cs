using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Soak;

/// <summary>
/// Owns some instances, does with them all that an owner and an operator can, and knows what each answer must be.
/// </summary>
/// <remarks>
/// Nobody else writes these instances but time. So a lease may be found gone only after the end of what its last acknowledged
/// renewal promised, and every write is seen by the read that follows it.
/// </remarks>
internal sealed class SoakOwner(SteppedRegistry under, int number, int steps)
{
    private const int InstanceCount = 150;

    private static readonly string[] Services =
    [
        "shared",
        "Shared",
        "own-", /* and the owner's number */
    ];

    private readonly Random _random = new(100 + number);
    private readonly Owned[] _owned =
    [
        .. Enumerable.Range(0, InstanceCount).Select(i => new Owned(Service(i, number), $"{number}-{i}")),
    ];
    private readonly HashSet<LeaseHandle> _dead = [];
    private int _expired;
    private int _renewed;

    private RegistryService Registry => under.Registry;

    private static string Service(int i, int number) => i % 3 == 2 ? Services[2] + number : Services[i % 3];

    public void Run(Func<bool> goOn)
    {
        for (int i = 0; i < steps && goOn(); i++)
        {
            Step(_owned[_random.Next(_owned.Length)]);
        }
    }

    /// <summary>
    /// Asserts, with no other thread running, that each instance is as it was left; returns how many are there.
    /// </summary>
    public int AssertAllAsLeft()
    {
        int there = 0;
        foreach (Owned owned in _owned)
        {
            Instance? record = under.Find(owned.Service, owned.Id);
            Assert.Equal(record is null ? default : owned.Handle, Registry.HandleOf(InstanceKey.Of(owned.Service, owned.Id)));
            if (record is null)
            {
                Assert.True(!owned.Registered || under.Now >= owned.PromisedUntil, $"{owned.Id} is gone before its time");
                continue;
            }

            there++;
            Assert.True(owned.Registered, $"{owned.Id} is there after its cancel");
            Assert.True(Registry.Renew(owned.Handle, under.Now), $"the handle of {owned.Id}, which is there, is refused");
        }

        Assert.All(_dead, handle => Assert.False(Registry.Renew(handle, under.Now)));
        return there;
    }

    public override string ToString() =>
        $"owner {number}: {_renewed} renewals, {_expired} leases found gone, {_dead.Count} handles given up";

    private void Step(Owned owned)
    {
        int what = _random.Next(100);
        if (!owned.Registered || what < 8)
        {
            Register(owned);
        }
        else if (what < 60)
        {
            Renew(owned);
        }
        else if (what < 75)
        {
            RenewAll();
        }
        else if (what < 80)
        {
            Cancel(owned);
        }
        else if (what < 90)
        {
            Modify(owned, what % 3);
        }
        else
        {
            RenewDead();
        }
    }

    private void Register(Owned owned)
    {
        TimeSpan lease = TimeSpan.FromMilliseconds(1_000 + _random.Next(1_000));
        MonotonicTime now = under.Now;
        RegisterResult result = Registry.Register(
            RegistrationBuilder.Of(owned.Service, owned.Id) with
            {
                LeaseDuration = lease,
                RenewalInterval = TimeSpan.FromSeconds(1),
                Vips = number % 2 == 0 ? "even" : "odd",
                Metadata = [KeyValuePair.Create("step", $"{_random.Next()}")],
            },
            now
        );
        Assert.Null(result.Error);
        if (owned.Registered && result.Handle != owned.Handle)
        {
            // It had expired meanwhile.
            AssertOver(owned);
        }

        Assert.DoesNotContain(result.Handle, _dead);
        AssertPublished(result.Version);
        owned.Registered = true;
        owned.Handle = result.Handle;
        owned.Lease = lease;
        owned.PromisedUntil = now + lease;
    }

    private void Renew(Owned owned)
    {
        MonotonicTime now = under.Now;
        bool renewed =
            _random.Next(2) == 0
                ? Registry.Renew(owned.Handle, now)
                : Registry.Renew(InstanceKey.Of(owned.Service, owned.Id), null, now).Outcome == RenewOutcome.Same;
        Renewed(owned, renewed, now);
    }

    private void RenewAll()
    {
        Owned[] mine = [.. _owned.Where(owned => owned.Registered)];
        LeaseHandle[] handles = [.. mine.Select(owned => owned.Handle)];
        int[] unknown = new int[handles.Length];
        MonotonicTime now = under.Now;
        int count = Registry.Renew(handles, now, unknown);
        HashSet<int> refused = [.. unknown.Take(count)];
        for (int i = 0; i < mine.Length; i++)
        {
            Renewed(mine[i], !refused.Contains(i), now);
        }
    }

    private void Renewed(Owned owned, bool renewed, MonotonicTime now)
    {
        if (renewed)
        {
            _renewed++;
            owned.PromisedUntil = now + owned.Lease;
        }
        else
        {
            AssertOver(owned);
        }
    }

    /// <summary>No acknowledged renewal is lost: what is gone was promised until a moment that has passed.</summary>
    private void AssertOver(Owned owned)
    {
        Assert.True(under.Now >= owned.PromisedUntil, $"{owned.Id} is gone at {under.Now}, promised until {owned.PromisedUntil}");
        _expired++;
        GiveUp(owned);
    }

    private void GiveUp(Owned owned)
    {
        Assert.True(_dead.Add(owned.Handle), "a handle was given out twice");
        owned.Registered = false;
    }

    private void Cancel(Owned owned)
    {
        WriteResult result = Registry.Cancel(InstanceKey.Of(owned.Service, owned.Id), under.Now);
        if (result.Error is not null)
        {
            AssertOver(owned);
            return;
        }

        AssertPublished(result.Version);
        Assert.Null(Registry.ReadSnapshot().Find(InstanceKey.Of(owned.Service, owned.Id)));
        Assert.Null(under.Find(owned.Service, owned.Id));
        GiveUp(owned);
    }

    private void Modify(Owned owned, int how)
    {
        WriteResult result = how switch
        {
            0 => under.SetStatus(owned.Service, owned.Id, InstanceStatus.OutOfService),
            1 => under.ClearStatus(owned.Service, owned.Id),
            _ => under.SetMetadata(owned.Service, owned.Id, ("more", $"{_random.Next()}")),
        };
        if (result.Error is not null)
        {
            AssertOver(owned);
            return;
        }

        AssertPublished(result.Version);
        InstanceStatus? expected = how switch
        {
            0 => InstanceStatus.OutOfService,
            1 => InstanceStatus.Up,
            _ => null,
        };
        Instance? record = Registry.ReadSnapshot().Find(InstanceKey.Of(owned.Service, owned.Id));
        Assert.True(
            record is null || expected is null || record.Status == expected,
            $"{owned.Id} is {record?.Status}, set to {expected}"
        );
    }

    private void RenewDead()
    {
        if (_dead.Count > 0)
        {
            Assert.False(Registry.Renew(_dead.ElementAt(_random.Next(Math.Min(50, _dead.Count))), under.Now));
        }
    }

    /// <summary>I2: what was acknowledged is in the next snapshot read.</summary>
    private void AssertPublished(ulong version) =>
        Assert.True(Registry.ReadSnapshot().Version >= version, "my own write is not there");

    private sealed class Owned(string service, string id)
    {
        public string Service => service;

        public string Id => id;

        public bool Registered { get; set; }

        public LeaseHandle Handle { get; set; }

        public TimeSpan Lease { get; set; }

        public MonotonicTime PromisedUntil { get; set; }
    }
}
