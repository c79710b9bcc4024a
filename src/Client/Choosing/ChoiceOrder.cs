using System.Globalization;
using System.Text;
using Rollcall.Client.Catalogues;
using Rollcall.Core.Model;

namespace Rollcall.Client.Choosing;

/// <summary>For people: where calls to a service go, in which shares, and what comes next if that fails.</summary>
internal static class ChoiceOrder
{
    private const int NamesMax = 10; // of one line

    /// <summary>One line for each zone that gets calls, then those in reserve, those put aside, those of other regions, those not up.</summary>
    public static string Describe(EndpointList list, ClientOptions options, MonotonicTime now)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{list.Name}, seen from zone {options.Zone ?? "(unknown)"}, region {options.Region ?? "(unknown)"}:");
        ServiceEndpoint[] candidates = ChoicePlan.Candidates(list, options);
        var plan = ChoicePlan.Make(list, options, now);
        var listed = new HashSet<ServiceEndpoint>();
        foreach (ZonePart zone in plan.Parts.ToArray().OrderByDescending(zone => zone.Share).Concat(plan.Idle.ToArray()))
        {
            ServiceEndpoint[] endpoints = zone.Endpoints.ToArray();
            listed.UnionWith(endpoints);
            string share = zone.Share > 0 ? zone.Share.ToString("P0", CultureInfo.InvariantCulture) : "in reserve";
            string name = options.Zone is null ? "any zone" : zone.Zone is { Length: > 0 } known ? $"zone {known}" : "no zone";
            Append(text, $"{share}, {name}", endpoints);
        }

        ServiceEndpoint[] left = [.. candidates.Where(endpoint => !listed.Contains(endpoint))];
        Append(text, "put aside", left.Where(endpoint => endpoint.Health.AsideUntil > now));
        Append(text, "if those fail, other regions", left.Where(endpoint => endpoint.Health.AsideUntil <= now));
        Append(text, "not to be called", list.Endpoints.ToArray().Except(candidates));
        return text.ToString();
    }

    private static void Append(StringBuilder text, string title, IEnumerable<ServiceEndpoint> endpoints)
    {
        string[] names = [.. endpoints.Select(endpoint => endpoint.Id)];
        if (names.Length > 0)
        {
            string more = names.Length > NamesMax ? $" and {(names.Length - NamesMax).ToString(CultureInfo.InvariantCulture)} more" : "";
            text.Append(CultureInfo.InvariantCulture, $"\n  {title}: {string.Join(", ", names.Take(NamesMax))}{more}");
        }
    }
}
