using Rollcall.Client.Catalogues;
using Rollcall.Core.Model;

namespace Rollcall.Client.Choosing;

/// <summary>Which instances of a list may be called now, and how calls are spread over their zones. Made anew when that changes.</summary>
/// <remarks>
/// <para>Candidates are the instances that are up. Those that the registry has lost count only while few others are left.</para>
/// <para>Region: the own one, unless more than <see cref="ClientOptions.AsideShareMax"/> of it is put aside; then all.</para>
/// <para>Put aside: left out, unless that would be more than <see cref="ClientOptions.AsideShareMax"/> of the candidates.</para>
/// <para>
/// Zone: callers are taken to be spread evenly over the zones, so each zone is due an equal share of the calls. If the own zone has at
/// least that share of the capacity, all calls stay; if it has less, it gets what it can bear, and the rest goes to the zones with
/// more than their share, in proportion to what they can spare. So no instance gets more than its equal part of all calls.
/// </para>
/// <para>Source: Envoy's zone aware routing, with the number of zones for what it learns about callers.</para>
/// </remarks>
internal sealed class ChoicePlan
{
    // Shares are ratios of small integers: what is nearer to the whole than this is the whole.
    private const double Whole = 1 - 1e-6;

    private readonly ZonePart[] _parts; // shares sum up to 1
    private readonly ZonePart[] _idle; // zones that get no calls
    private readonly ChoicePolicy _policy;

    private ChoicePlan(ZonePart[] zones, ChoicePolicy policy, MonotonicTime validUntil, int judgements)
    {
        _parts = [.. zones.Where(zone => zone.Share > 0)];
        _idle = [.. zones.Where(zone => zone.Share == 0)];
        _policy = policy;
        ValidUntil = validUntil;
        Judgements = judgements;
    }

    /// <summary>When the first of those put aside may be called again.</summary>
    public MonotonicTime ValidUntil { get; }

    /// <summary>Of <see cref="InstanceChooser"/> when this was made.</summary>
    public int Judgements { get; }

    /// <summary>The zones that calls go to.</summary>
    public ReadOnlySpan<ZonePart> Parts => _parts;

    /// <summary>The zones that get no calls as long as the others can bear them.</summary>
    public ReadOnlySpan<ZonePart> Idle => _idle;

    /// <summary>Works out how to choose from a list at a time.</summary>
    public static ChoicePlan Make(EndpointList list, ClientOptions options, MonotonicTime now, int judgements = 0)
    {
        ServiceEndpoint[] candidates = Regional(Candidates(list, options), options, now);
        ServiceEndpoint[] available = [.. candidates.Where(endpoint => endpoint.Health.AsideUntil <= now)];
        MonotonicTime validUntil = candidates
            .Select(endpoint => endpoint.Health.AsideUntil)
            .Where(until => until > now)
            .DefaultIfEmpty(new MonotonicTime(long.MaxValue))
            .Min();
        ServiceEndpoint[] chosen = TooManyAside(available.Length, candidates.Length, options) ? candidates : available;
        return new ChoicePlan(Zones(chosen, candidates, options), options.Policy, validUntil, judgements);
    }

    /// <summary>An instance to call; null: there is none. 0 bytes.</summary>
    public ServiceEndpoint? Choose(Dice dice)
    {
        if (_parts.Length <= 1)
        {
            return _parts.Length == 0 ? null : _parts[0].Choose(_policy, dice);
        }

        double point = dice.Share();
        int at = 0;
        while (at < _parts.Length - 1 && point >= _parts[at].Share)
        {
            point -= _parts[at++].Share;
        }

        return _parts[at].Choose(_policy, dice);
    }

    /// <summary>Another instance than one, of a zone that gets calls if there is one; null: there is no other.</summary>
    public ServiceEndpoint? AnyBut(ServiceEndpoint avoid)
    {
        foreach (ZonePart[] zones in (ReadOnlySpan<ZonePart[]>)[_parts, _idle])
        {
            foreach (ZonePart zone in zones)
            {
                foreach (ServiceEndpoint endpoint in zone.Endpoints)
                {
                    if (!ReferenceEquals(endpoint.Health, avoid.Health))
                    {
                        return endpoint;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>The instances that calls may go to, whatever their zone, and whether they are put aside or not.</summary>
    public static ServiceEndpoint[] Candidates(EndpointList list, ClientOptions options)
    {
        bool withHeld = EmptyListGuard.Holds(list.UpCount, list.HeldUpCount, options.HoldShareMin);
        var candidates = new List<ServiceEndpoint>(list.UpCount + list.HeldUpCount);
        foreach (ServiceEndpoint endpoint in list.Endpoints)
        {
            if (endpoint.IsUp && (withHeld || endpoint.HeldFor is null))
            {
                candidates.Add(endpoint);
            }
        }

        return [.. candidates];
    }

    private static ServiceEndpoint[] Regional(ServiceEndpoint[] candidates, ClientOptions options, MonotonicTime now)
    {
        if (options.Region is not { } region)
        {
            return candidates;
        }

        ServiceEndpoint[] own = [.. candidates.Where(endpoint => string.Equals(endpoint.Region, region, StringComparison.OrdinalIgnoreCase))];
        int available = own.Count(endpoint => endpoint.Health.AsideUntil <= now);
        return own.Length == 0 || TooManyAside(available, own.Length, options) ? candidates : own;
    }

    private static bool TooManyAside(int available, int all, ClientOptions options) => all - available > options.AsideShareMax * all;

    private static ZonePart[] Zones(ServiceEndpoint[] chosen, ServiceEndpoint[] candidates, ClientOptions options)
    {
        if (chosen.Length == 0)
        {
            return [];
        }

        if (options.Zone is not { } ownZone)
        {
            return [new ZonePart(null, chosen, options.Policy, 1)];
        }

        // A zone whose instances are all put aside still has callers: it counts.
        int zones = candidates.Select(ZoneOf).Append(ownZone).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        double capacity = chosen.Sum(endpoint => CapacityOf(endpoint, options));
        var byZone = chosen
            .GroupBy(ZoneOf, StringComparer.OrdinalIgnoreCase)
            .Select(zone =>
                (
                    Zone: zone.Key,
                    Endpoints: zone.ToArray(),
                    OfItsShare: zone.Sum(endpoint => CapacityOf(endpoint, options)) / capacity * zones,
                    IsOwn: string.Equals(zone.Key, ownZone, StringComparison.OrdinalIgnoreCase)
                )
            )
            .ToArray();
        double own = byZone.Where(zone => zone.IsOwn).Sum(zone => zone.OfItsShare);
        double stays = own >= Whole ? 1 : own;
        double spare = byZone.Where(zone => !zone.IsOwn).Sum(zone => Math.Max(0, zone.OfItsShare - 1));
        return
        [
            .. byZone.Select(zone =>
            {
                double spills = stays == 1 ? 0 : (1 - stays) * Math.Max(0, zone.OfItsShare - 1) / spare;
                return new ZonePart(zone.Zone, zone.Endpoints, options.Policy, zone.IsOwn ? stays : spills);
            }),
        ];
    }

    private static string ZoneOf(ServiceEndpoint endpoint) => endpoint.Zone ?? "";

    // All weights 0 is like all the same; the small addition decides only then.
    private static double CapacityOf(ServiceEndpoint endpoint, ClientOptions options) =>
        options.Policy == ChoicePolicy.Weighted ? endpoint.Record.Weight + 1e-9 : 1;
}
