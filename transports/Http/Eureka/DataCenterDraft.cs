using Rollcall.Core;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>What a reader has seen of an instance's data centre. Only Amazon's has metadata that counts.</summary>
internal sealed class DataCenterDraft
{
    private static readonly string[] s_known = [EurekaNames.MyOwn, EurekaNames.Amazon, EurekaNames.Netflix];

    /// <summary>Its name, in any case.</summary>
    public string? Name { get; set; }

    /// <summary>Its pairs; <see cref="InstanceDraft.Put"/> fills them.</summary>
    public OrderedDictionary<string, string> Metadata { get; set; } = [];

    /// <summary>Amazon's id of the machine.</summary>
    public string? Machine => AmazonValue(EurekaNames.AmazonInstanceId);

    /// <summary>Amazon's zone.</summary>
    public string? Zone => AmazonValue(EurekaNames.AmazonZone);

    /// <summary>Amazon's region: it names zones by their region and one letter, as in us-east-1a.</summary>
    public string? Region =>
        Zone is { Length: > 2 } zone && char.IsAsciiLetterLower(zone[^1]) && char.IsAsciiDigit(zone[^2]) ? zone[..^1] : null;

    // As Java's enumeration spells it; any other name breaks Java's readers.
    private string? CanonicalName => Array.Find(s_known, known => known.Equals(Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Why an instance with this data centre cannot be registered; null if it can.</summary>
    public static string? WhyRefused(DataCenterDraft? draft)
    {
        if (draft is null)
        {
            return "Missing dataCenterInfo";
        }

        if (string.IsNullOrEmpty(draft.Name))
        {
            return "Missing dataCenterInfo Name";
        }

        return draft.CanonicalName is null
            ? $"dataCenterInfo name '{RegistryError.Shown(draft.Name)}' is none of {string.Join(", ", s_known)}"
            : null;
    }

    /// <summary>What the registry carries of it, for an instance with this id.</summary>
    public IEnumerable<KeyValuePair<string, string>> Attributes(string instanceId)
    {
        if (CanonicalName != EurekaNames.MyOwn)
        {
            yield return new(EurekaNames.DataCenter.Text, CanonicalName!);
        }

        if (CanonicalName == EurekaNames.Amazon)
        {
            // Java's clients take the machine's id for the instance's: Netflix fills it in as well.
            Metadata.TryAdd(EurekaNames.AmazonInstanceId, instanceId);
            foreach ((string key, string value) in Metadata)
            {
                yield return new(EurekaNames.DataCenterPrefix.Text + key, value);
            }
        }
    }

    private string? AmazonValue(string key) => CanonicalName == EurekaNames.Amazon ? Metadata.GetValueOrDefault(key) : null;
}
