using Microsoft.Extensions.Configuration;
using Rollcall.Configuration;
using Rollcall.Core.Seams;

namespace Rollcall.Client.AspNetCore.Configuration;

/// <summary>Reads the section of one client. What it says counts over what an import has said.</summary>
/// <remarks>
/// Keys: those of <see cref="ClientOptions"/>; <c>Servers</c>, a list of addresses with commas between, or an array of addresses and of
/// <c>{ Address, Zone }</c> where Address may be an array, too; <c>Token</c> and <c>User</c>, shown to servers; <c>Self</c>, with the keys
/// of <see cref="SelfOptions"/> and <c>Metadata</c>.
/// </remarks>
internal static class ClientSection
{
    public const string Servers = "Servers";
    public const string Token = "Token";
    public const string User = "User";
    public const string Self = "Self";
    public const string Metadata = "Metadata";
    public const string Address = "Address";
    public const string Zone = "Zone";

    public static void Read(IConfiguration section, RollcallClientSettings settings)
    {
        settings.Client = ClientOptionKeys.Client.Bind(section, settings.Client, settings.Problems, Servers, Token, User, Self);
        ReadServers(section, settings);
        if (section.GetSection(Self) is var self && self.Exists())
        {
            ReadSelf(self, settings);
        }
    }

    private static void ReadServers(IConfiguration section, RollcallClientSettings settings)
    {
        LinkCredential? credential = section[Token] is { Length: > 0 } token ? new LinkCredential(section[User], token) : null;
        IConfigurationSection servers = section.GetSection(Servers);
        IEnumerable<ConfiguredServer> read =
        [
            .. ClientOptionKeys.Names(servers.Value ?? "").Select(text => ReadServer(servers.Path, [text], null, credential, settings)).OfType<ConfiguredServer>(),
            .. servers.GetChildren().Select(entry => ReadServer(entry, credential, settings)).OfType<ConfiguredServer>(),
        ];
        if (servers.Exists())
        {
            settings.Configured = [.. read];
        }
    }

    private static ConfiguredServer? ReadServer(IConfigurationSection entry, LinkCredential? credential, RollcallClientSettings settings)
    {
        if (entry.Value is { } address)
        {
            return ReadServer(entry.Path, [address], null, credential, settings);
        }

        foreach (IConfigurationSection child in entry.GetChildren().Where(child => !Is(child.Key, Address) && !Is(child.Key, Zone)))
        {
            settings.Problems.Add(new(child.Path, null, $"there is no such option.{NearestName.Hint(child.Key, [Address, Zone], entry.Path + ":")}"));
        }

        IConfigurationSection addresses = entry.GetSection(Address);
        IEnumerable<string?> texts = addresses.Value is { } one ? [one] : addresses.GetChildren().Select(child => child.Value);
        return ReadServer(addresses.Path, [.. texts.OfType<string>()], entry[Zone], credential, settings);
    }

    private static ConfiguredServer? ReadServer(
        string key,
        IReadOnlyList<string> texts,
        string? zone,
        LinkCredential? credential,
        RollcallClientSettings settings
    )
    {
        Uri[] addresses = [.. texts.Select(text => ConfiguredServer.Parse(key, text, settings.Problems)).OfType<Uri>()];
        if (texts.Count == 0)
        {
            settings.Problems.Add(new(key, null, "must be at least one address: tcp://HOST:PORT."));
        }

        return addresses.Length == 0 ? null : new ConfiguredServer(key, addresses, zone, credential);
    }

    private static void ReadSelf(IConfigurationSection section, RollcallClientSettings settings)
    {
        SelfOptions self = ClientOptionKeys.Self.Bind(section, settings.Self ?? new() { Service = "" }, settings.Problems, Metadata);
        KeyValuePair<string, string>[] pairs =
        [
            .. section.GetSection(Metadata).GetChildren().Select(pair => KeyValuePair.Create(pair.Key, pair.Value ?? "")),
        ];
        settings.Self = pairs.Length == 0 ? self : self with { Metadata = [.. self.Metadata.ExceptBy(pairs.Select(pair => pair.Key), pair => pair.Key), .. pairs] };
    }

    private static bool Is(string key, string name) => string.Equals(key, name, StringComparison.OrdinalIgnoreCase);
}
