using System.Text;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;

namespace Rollcall.Testing.Support;

/// <summary>A registry with the clock that drives it, and the short words tests are written in.</summary>
/// <remarks>
/// Time passes in steps that are no stall (<see cref="Pass"/>), or in one leap, as when the process stood still
/// (<see cref="Stall"/>).
/// </remarks>
public sealed class SteppedRegistry
{
    /// <summary>Step of <see cref="Pass"/>: below the default of <see cref="RegistryOptions.StallGap"/>.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    public SteppedRegistry(RegistryOptions? options = null)
    {
        Registry = new RegistryService(options ?? Options, Clock);
        Registry.Advance(Registry.Now);
    }

    /// <summary>The defaults, with the keys fixed so that a run repeats.</summary>
    public static RegistryOptions Options { get; } = new() { Seed = 0x5EED };

    /// <summary>Defaults without the guard: for tests of leases alone.</summary>
    public static RegistryOptions Unguarded { get; } = Options with { GuardEnabled = false };

    public HandClock Clock { get; } = new();

    public RegistryService Registry { get; }

    public MonotonicTime Now => Registry.Now;

    public ulong Version => Registry.ReadSnapshot().Version;

    /// <summary>Time passes and the registry is advanced every <see cref="Step"/>; returns all it did, summed up.</summary>
    public AdvanceResult Pass(TimeSpan span) => Pass(span, Step);

    /// <summary>
    /// The same with steps of <paramref name="step"/>; the last may be shorter. After each, <paramref name="eachStep"/>.
    /// </summary>
    public AdvanceResult Pass(TimeSpan span, TimeSpan step, Action? eachStep = null)
    {
        var sum = default(AdvanceResult);
        for (TimeSpan left = span; left > TimeSpan.Zero; left -= step)
        {
            Clock.Pass(left < step ? left : step);
            AdvanceResult did = Registry.Advance(Registry.Now);
            sum = new(
                sum.Expired + did.Expired,
                did.Held,
                did.LatestExpiryLateness > sum.LatestExpiryLateness ? did.LatestExpiryLateness : sum.LatestExpiryLateness,
                sum.SkippedStall + did.SkippedStall
            );
            eachStep?.Invoke();
        }

        return sum;
    }

    /// <summary>The process stands still for <paramref name="span"/>, then goes on.</summary>
    public AdvanceResult Stall(TimeSpan span)
    {
        Clock.Pass(span);
        return Registry.Advance(Registry.Now);
    }

    /// <summary>Registers and expects success.</summary>
    public RegisterResult Register(Registration registration, WriteSource source = WriteSource.Owner)
    {
        RegisterResult result = Registry.Register(registration, Now, source);
        return result.Error is null ? result : throw new InvalidOperationException(result.Error.Message);
    }

    /// <summary>Registers a plain instance and expects success.</summary>
    public RegisterResult Register(string service, string id, TimeSpan? lease = null, TimeSpan? interval = null) =>
        Register(RegistrationBuilder.Of(service, id) with { LeaseDuration = lease, RenewalInterval = interval });

    public RenewOutcome Renew(string service, string id, long? stamp = null) =>
        Registry.Renew(InstanceKey.Of(service, id), stamp, Now).Outcome;

    public bool Renew(LeaseHandle handle) => Registry.Renew(handle, Now);

    public WriteResult Cancel(string service, string id, WriteSource source = WriteSource.Owner) =>
        Registry.Cancel(InstanceKey.Of(service, id), Now, source);

    public WriteResult SetStatus(string service, string id, InstanceStatus status) =>
        Registry.SetStatus(InstanceKey.Of(service, id), status, Now);

    public WriteResult ClearStatus(string service, string id) => Registry.ClearStatus(InstanceKey.Of(service, id), Now);

    public WriteResult SetMetadata(string service, string id, params (string Key, string Value)[] pairs) =>
        Registry.SetMetadata(
            InstanceKey.Of(service, id),
            [.. pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))],
            Now
        );

    public Instance? Find(string service, string id) => Registry.Find(InstanceKey.Of(service, id));

    public Instance? FindById(string id) => Registry.FindById(Encoding.UTF8.GetBytes(id));

    /// <summary>True if live and snapshot reads both have it; they must agree.</summary>
    public bool Has(string service, string id)
    {
        Instance? live = Find(service, id);
        Instance? read = Registry.ReadSnapshot().Find(InstanceKey.Of(service, id));
        return ReferenceEquals(live, read)
            ? live is not null
            : throw new InvalidOperationException(
                $"{service}/{id}: live read says {live is not null}, snapshot {read is not null}"
            );
    }

    public Explanation Explain(string service, string id) => Registry.Explain(InstanceKey.Of(service, id), Now);
}
