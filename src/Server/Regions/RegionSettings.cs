using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Rollcall.Configuration;
using Rollcall.Core;
using Rollcall.Core.Watching;
using Rollcall.Dialing;

namespace Rollcall.Server.Regions;

/// <summary>Another region as the configuration names it. Immutable.</summary>
internal sealed partial record RegionSettings
{
    /// <summary>Where the options of each region are, below its name.</summary>
    public const string Section = ServerSettings.Section + ":RemoteRegions";

    private static readonly char[] s_between = [',', ' '];

    /// <summary>Its name: in lower case, as in <c>regions=</c>.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Addresses of its registry's nodes, with blanks or commas between; the first that works is followed.</summary>
    public string Servers { get; init; } = "";

    /// <summary>Services that may be seen from here, with blanks or commas between; empty: all.</summary>
    public string Services { get; init; } = "";

    /// <summary>Reads by name of a service that has no instance here are answered from there.</summary>
    public bool Fallback { get; init; } = true;

    /// <summary>Shown to its nodes. Better in the environment than where others can read it.</summary>
    public string Token { get; init; } = "";

    /// <summary>Every option.</summary>
    public static OptionKeySet<RegionSettings> Keys { get; } = new(Rules)
    {
        { OptionKind.Text, o => o.Servers, (o, v) => o with { Servers = v } },
        { OptionKind.Text, o => o.Services, (o, v) => o with { Services = v } },
        { OptionKind.Switch, o => o.Fallback, (o, v) => o with { Fallback = v } },
        { OptionKind.Text, o => o.Token, (o, v) => o with { Token = v } },
    };

    /// <summary>The addresses, each good.</summary>
    public IEnumerable<Uri> Addresses => Split(Servers).Select(address => new Uri(address));

    /// <summary>What may be seen from here.</summary>
    public InstanceFilter Allowed => Split(Services) is { Length: > 0 } names ? InstanceFilter.Services(names) : InstanceFilter.All;

    private static IReadOnlyList<OptionRule<RegionSettings>> Rules =>
        [
            new(
                "Servers",
                o => o.Servers,
                $"at least one of {LinkDialer.Forms}, without credentials, with blanks or commas between",
                o => Split(o.Servers) is { Length: > 0 } addresses && addresses.All(address => LinkDialer.Problem(address) is null)
            ),
        ];

    /// <summary>The configuration key of a region's addresses.</summary>
    public static string ServersKey(string name) => $"{Section}:{name}:{nameof(Servers)}";

    /// <summary>All regions that the configuration names; what is wrong with them becomes problems.</summary>
    public static IReadOnlyList<RegionSettings> Read(IConfiguration configuration, string ownRegion, ICollection<ConfigurationProblem> problems)
    {
        var regions = new List<RegionSettings>();
        foreach (IConfigurationSection entry in configuration.GetSection(Section).GetChildren())
        {
            string name = entry.Key.ToLowerInvariant();
            if (!NameForm().IsMatch(name))
            {
                problems.Add(new(entry.Path, null, "the name of a region must be 1 to 64 letters, digits, hyphens, underscores and dots."));
            }
            else if (string.Equals(name, ownRegion, StringComparison.OrdinalIgnoreCase))
            {
                problems.Add(new(entry.Path, null, "is the region of this node: its registry cannot be a remote one."));
            }

            regions.Add(Keys.Bind(entry, new RegionSettings { Name = name }, problems));
        }

        return regions;
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"RegionSettings {{ Name = {Name}, Servers = {Servers}, Services = {Services}, Fallback = {Fallback} }}";

    private static string[] Split(string list) => list.Split(s_between, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("^[a-z0-9._-]{1,64}$")]
    private static partial Regex NameForm();
}
