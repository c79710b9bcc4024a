using System.Buffers.Text;
using Rollcall.Core.Model;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>What an instance carries for Eureka alone, picked out of its attributes in one walk.</summary>
internal readonly ref struct EurekaAttributes
{
    private EurekaAttributes(TextPairs attributes)
    {
        Country = EurekaNames.CountryDefault;
        DataCenter = "MyOwn"u8;
        foreach (TextPair pair in attributes)
        {
            if (pair.Key.SequenceEqual(EurekaNames.Group.Utf8))
            {
                Group = new(pair.Value);
            }
            else if (pair.Key.SequenceEqual(EurekaNames.Asg.Utf8))
            {
                Asg = new(pair.Value);
            }
            else if (pair.Key.SequenceEqual(EurekaNames.Sid.Utf8))
            {
                Sid = new(pair.Value);
            }
            else if (pair.Key.SequenceEqual(EurekaNames.DataCenter.Utf8))
            {
                DataCenter = pair.Value;
            }
            else if (pair.Key.SequenceEqual(EurekaNames.Country.Utf8))
            {
                Country = Utf8Parser.TryParse(pair.Value, out int country, out _) ? country : EurekaNames.CountryDefault;
            }
        }
    }

    public OptionalText Group { get; }

    public OptionalText Asg { get; }

    public OptionalText Sid { get; }

    /// <summary>Name of the data centre.</summary>
    public ReadOnlySpan<byte> DataCenter { get; }

    public int Country { get; }

    /// <summary>Those of <paramref name="instance"/>, valid as long as it is.</summary>
    public static EurekaAttributes Of(Instance instance) => new(instance.Attributes);

    /// <summary>The key that the data centre knows an attribute by; false if it is not the data centre's.</summary>
    public static bool TryGetDataCenterKey(ReadOnlySpan<byte> attribute, out ReadOnlySpan<byte> key)
    {
        bool found = attribute.StartsWith(EurekaNames.DataCenterPrefix.Utf8);
        key = found ? attribute[EurekaNames.DataCenterPrefix.Utf8.Length..] : default;
        return found;
    }
}

/// <summary>A text that may be absent, which is not the same as empty.</summary>
internal readonly ref struct OptionalText(ReadOnlySpan<byte> utf8)
{
    public bool IsPresent { get; } = true;

    public ReadOnlySpan<byte> Utf8 { get; } = utf8;
}
