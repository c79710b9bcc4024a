using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Guards;

/// <summary>
/// Owners that renew on time, each at its own interval, until told to stop. Time passes in steps that are no stall.
/// </summary>
internal sealed class Fleet
{
    private readonly List<Owner> _owners = [];

    public Fleet(RegistryOptions? options = null) => Under = new SteppedRegistry(options ?? SteppedRegistry.Options);

    public SteppedRegistry Under { get; }

    public GuardState Guard => Under.Registry.Guard;

    public int Count => Under.Registry.ReadSnapshot().Count;

    public IReadOnlyList<Owner> Owners => _owners;

    /// <summary>Adds owners whose renewals are spread evenly over their interval.</summary>
    public Fleet Join(string service, int count, TimeSpan interval, TimeSpan? lease = null)
    {
        for (int i = 0; i < count; i++)
        {
            string id = $"i-{i}";
            LeaseHandle handle = Under.Register(service, id, lease ?? (interval * 3), interval).Handle;
            _owners.Add(new Owner(service, id, handle, interval) { RenewsAt = Under.Now + (interval * (i + 1) / count) });
        }

        return this;
    }

    /// <summary>The first <paramref name="count"/> owners of a service fall silent.</summary>
    public void Silence(string service, int count) => Set(service, count, silent: true);

    /// <summary>The first <paramref name="count"/> owners of a service are heard again, at once.</summary>
    public void Return(string service, int count) => Set(service, count, silent: false);

    /// <summary>Owners of a service cancel and are gone.</summary>
    public void Leave(string service, int count)
    {
        foreach (Owner owner in _owners.Where(owner => owner.Service == service).Take(count).ToArray())
        {
            Assert.Null(Under.Cancel(owner.Service, owner.Id).Error);
            _owners.Remove(owner);
        }
    }

    /// <summary>Time passes; whoever is not silent renews when it is time, and must find its lease alive.</summary>
    public void Pass(TimeSpan span, Action? eachStep = null)
    {
        MonotonicTime end = Under.Now + span;
        while (Under.Now < end)
        {
            Under.Pass(SteppedRegistry.Step);
            foreach (Owner owner in _owners)
            {
                RenewIfTime(owner);
            }

            eachStep?.Invoke();
        }
    }

    /// <summary>How many of the silent are still there.</summary>
    public int SilentThere() => _owners.Count(owner => owner.Silent && Under.Find(owner.Service, owner.Id) is not null);

    private void Set(string service, int count, bool silent)
    {
        foreach (Owner owner in _owners.Where(owner => owner.Service == service).Take(count))
        {
            owner.Silent = silent;
            owner.RenewsAt = silent ? owner.RenewsAt : Under.Now;
        }
    }

    private void RenewIfTime(Owner owner)
    {
        if (owner.Silent || owner.RenewsAt > Under.Now)
        {
            return;
        }

        Assert.True(
            Under.Renew(owner.Handle),
            $"{owner.Service}/{owner.Id} renews on time at {Under.Now}, but its lease is gone"
        );
        owner.RenewsAt += owner.Interval;
    }

    internal sealed class Owner(string service, string id, LeaseHandle handle, TimeSpan interval)
    {
        public string Service => service;

        public string Id => id;

        public LeaseHandle Handle => handle;

        public TimeSpan Interval => interval;

        public bool Silent { get; set; }

        public MonotonicTime RenewsAt { get; set; }
    }
}
