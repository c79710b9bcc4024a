using Rollcall.Client.Catalogues;

namespace Rollcall.Client.Choosing;

/// <summary>Instances of one zone, or of all zones if they are alike, and the share of the calls that goes there.</summary>
internal sealed class ZonePart
{
    private readonly ServiceEndpoint[] _endpoints;
    private readonly long[] _weightsUpTo; // _weightsUpTo[i]: weights of 0..i; empty if weights do not count
    private uint _turn;

    public ZonePart(string? zone, ServiceEndpoint[] endpoints, ChoicePolicy policy, double share)
    {
        Zone = zone;
        Share = share;
        _endpoints = endpoints;
        _weightsUpTo = policy == ChoicePolicy.Weighted ? SumUp(endpoints) : [];
    }

    /// <summary>For people; null: all zones, or unknown.</summary>
    public string? Zone { get; }

    /// <summary>Of the calls, 0 to 1.</summary>
    public double Share { get; }

    public ReadOnlySpan<ServiceEndpoint> Endpoints => _endpoints;

    /// <summary>One of the instances. 0 bytes; O(1), by weight O(log n).</summary>
    public ServiceEndpoint Choose(ChoicePolicy policy, Dice dice) =>
        policy switch
        {
            ChoicePolicy.RoundRobin => _endpoints[(Interlocked.Increment(ref _turn) - 1) % (uint)_endpoints.Length],
            ChoicePolicy.Weighted => ByWeight(dice),
            ChoicePolicy.LeastPending => OfTwo(dice),
            _ => _endpoints[dice.Below(_endpoints.Length)],
        };

    private ServiceEndpoint ByWeight(Dice dice)
    {
        long point = dice.Below(_weightsUpTo[^1]);
        int at = Array.BinarySearch(_weightsUpTo, point + 1);
        // Several ends may be the same, where weights are 0: the first of them belongs to the one with a weight.
        at = at < 0 ? ~at : at;
        while (at > 0 && _weightsUpTo[at - 1] > point)
        {
            at--;
        }

        return _endpoints[at];
    }

    // Mitzenmacher 1996: two drawn and the better taken is nearly as even as looking at all, and callers do not all run to the same one.
    private ServiceEndpoint OfTwo(Dice dice)
    {
        int first = (int)dice.Below(_endpoints.Length);
        if (_endpoints.Length == 1)
        {
            return _endpoints[first];
        }

        int second = (int)dice.Below(_endpoints.Length - 1);
        second += second >= first ? 1 : 0;
        return _endpoints[first].Health.Pending <= _endpoints[second].Health.Pending ? _endpoints[first] : _endpoints[second];
    }

    private static long[] SumUp(ServiceEndpoint[] endpoints)
    {
        bool allZero = endpoints.All(endpoint => endpoint.Record.Weight == 0);
        long sum = 0;
        return [.. endpoints.Select(endpoint => sum += allZero ? 1 : endpoint.Record.Weight)];
    }
}
