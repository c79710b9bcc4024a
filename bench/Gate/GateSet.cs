using Rollcall.Bench.Fleet;

namespace Rollcall.Bench.Gate;

/// <summary>The short set: what the gate measures at each run of the continuous integration, in about a minute.</summary>
internal static class GateSet
{
    private const int Size = 100_000;
    private const int Writes = 2_000;
    private const int Ticks = 500;
    private const int Expired = 30_000;
    private const int Changes = 200;
    private const int SmallSize = 10_000;

    // Where chunks of leases fall in memory differs from run to run: the ratio of the same code was seen from 1.5 to 2.7.
    private const double ByHandleMargin = 2;

    /// <summary>The pairs, each made when its turn comes, so that only one registry is in memory.</summary>
    public static IEnumerable<GatePair> Pairs() => Renewals().Concat(Writing()).Concat(Expiry()).Concat(Documents());

    private static IEnumerable<GatePair> Renewals()
    {
        var arms = new RenewalArms(new FleetRegistry(Size));
        yield return new("renew many by handle", arms.ManyByHandle(), arms.RawSwap())
        {
            RatioMargin = ByHandleMargin,
            Budget = "RegistryService.Renew(ReadOnlySpan<LeaseHandle>)",
        };
        yield return new("renew one by handle", arms.OneByHandle(), arms.RawSwap())
        {
            RatioMargin = ByHandleMargin,
            Budget = "RegistryService.Renew(LeaseHandle)",
        };
        yield return new("renew by key", arms.ByKey(), arms.DictionaryByString()) { Budget = "RegistryService.Renew(InstanceKey)" };
    }

    private static IEnumerable<GatePair> Writing()
    {
        var fleet = new FleetRegistry(Size);
        yield return new("register again", WriteArms.RegisterAgain(fleet, Writes), WriteArms.NaiveRegister(fleet, Writes))
        {
            BytesMargin = 1.1,
        };
        yield return new("a tick", WriteArms.Ticks(fleet, Ticks), WriteArms.Scans(Size, Ticks)) { Budget = "RegistryService.Advance" };
    }

    private static IEnumerable<GatePair> Expiry()
    {
        var fleet = new FleetRegistry(Size, adjust: options => options with { GuardEnabled = false });
        yield return new("expire", WriteArms.Expire(fleet, Expired), WriteArms.NaiveExpire(fleet, Expired)) { BytesMargin = 1.1 };
    }

    private static IEnumerable<GatePair> Documents()
    {
        var small = new DocumentArms(new FleetRegistry(SmallSize));
        var large = new DocumentArms(new FleetRegistry(Size));
        yield return new("one change with the full document, 100k against 10k", large.Changes(Changes), small.Changes(Changes))
        {
            BytesMargin = 1.15,
        };
        yield return new("full read, warm, against encoding per request", small.Read(), small.EncodePerRequest())
        {
            Budget = "EncodedSnapshotCache.Full",
        };
    }
}
