using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Codecs;

/// <summary>What the formats can say and the model does not take: read whole, refused by the core with its limit, nothing changed.</summary>
public class FieldLimitTests
{
    private static readonly string s_long = new('x', 65_536);

    public static TheoryData<string, string> BadMembers =>
        new()
        {
            { "\"port\":0", "port 0 is outside 1..65535 while it is enabled" },
            { "\"port\":-1", "port -1 is outside 1..65535" },
            { "\"port\":65536", "port 65536 is outside 1..65535" },
            { "\"securePort\":{\"$\":2147483647}", "secure port 2147483647 is outside 0..65535" },
            { "\"leaseInfo\":{\"durationInSecs\":2147483647}", "(RegistryOptions.LeaseDurationMax)" },
            { "\"leaseInfo\":{\"renewalIntervalInSecs\":86401}", "(RegistryOptions.LeaseDurationMax)" },
            { "\"instanceId\":\"a\\u0000b\"", "instance id holds U+0000 at position 1" },
            { "\"instanceId\":\"a\\nb\"", "instance id holds U+000A at position 1" },
            { $"\"instanceId\":\"{s_long}\"", "over 512 bytes (RegistryOptions.IdBytesMax)" },
            { $"\"app\":\"{s_long}\"", "over 256 bytes (RegistryOptions.ServiceBytesMax)" },
            { $"\"ipAddr\":\"{s_long}\"", "over 256 bytes (RegistryOptions.HostBytesMax)" },
            { $"\"homePageUrl\":\"{s_long}\"", "over 2048 bytes (RegistryOptions.UrlBytesMax)" },
            { "\"homePageUrl\":\" JavaScript:alert(1)\"", "home page URL begins with javascript:" },
            { $"\"vipAddress\":\"{new string(',', 64)}\"", "over 64 addresses (RegistryOptions.VipsMax)" },
            { "\"sid\":\"\\uffff\"", "holds U+FFFF" },
            { "\"metadata\":{\"\\u0001\":\"v\"}", "metadata key holds U+0001" },
            { "\"metadata\":{\"k\":\"\\u001b\"}", "metadata value of k holds U+001B" },
            { $"\"metadata\":{{\"k\":\"{s_long}\"}}", "over 32768 bytes (RegistryOptions.MetadataBytesMax)" },
            { $"\"metadata\":{{{Pairs(10_000)}}}", "over 256 pairs (RegistryOptions.MetadataPairsMax)" },
            { $"\"dataCenterInfo\":{{\"name\":\"Amazon\",\"metadata\":{{{Pairs(300)}}}}}", "over 256 pairs" },
        };

    [Theory]
    [MemberData(nameof(BadMembers))]
    public void A_value_beyond_a_limit_is_refused_by_the_core(string member, string reason)
    {
        var stepped = new SteppedRegistry();
        Registration read = Read.Json(Samples.Json("," + member));

        RegistryError? error = stepped.Registry.Register(read, stepped.Now).Error;

        Assert.Contains(reason, error?.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0UL), (stepped.Registry.ReadSnapshot().Count, stepped.Version));
    }

    [Theory]
    [InlineData("\"port\":{\"$\":0,\"@enabled\":false},\"securePort\":{\"$\":0,\"@enabled\":false}")]
    [InlineData("\"leaseInfo\":{\"durationInSecs\":1,\"renewalIntervalInSecs\":86400}")]
    [InlineData("\"lastDirtyTimestamp\":9223372036854775807")]
    [InlineData("\"lastDirtyTimestamp\":-9223372036854775808")]
    [InlineData("\"hostName\":\"host_name\",\"ipAddr\":\"[fe80::1%25eth0]\"")]
    [InlineData("\"vipAddress\":\"\",\"secureVipAddress\":\" , ,\",\"homePageUrl\":\"\"")]
    [InlineData("\"metadata\":{\"1a\":\"\\r\\n\\t\",\"a b\":\"\",\"-\":\"]]>\"}")]
    public void A_value_within_the_limits_comes_back(string member)
    {
        var stepped = new SteppedRegistry();
        Registration sent = Read.Json(Samples.Json("," + member));
        stepped.Register(sent);
        Instance instance = stepped.Find(sent.Service, sent.Id)!;

        Registration json = Read.Json(Encode.JsonInstance(Encode.View(stepped.Registry, instance)));
        Registration xml = Read.Xml(Encode.XmlInstance(Encode.View(stepped.Registry, instance)));

        RegistrationAssert.Equal(json, xml);
        Assert.Equal(sent.Metadata.AsEnumerable(), json.Metadata.AsEnumerable());
        Assert.Equal(
            (sent.Port, sent.SecurePort, sent.HostName, sent.Address, sent.Vips, sent.SecureVips, sent.HomePageUrl),
            (json.Port, json.SecurePort, json.HostName, json.Address, json.Vips, json.SecureVips, json.HomePageUrl)
        );
        Assert.Equal(sent.ClientStamp ?? stepped.Clock.WallMs, json.ClientStamp);
    }

    private static string Pairs(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"k{i}\":\"v\""));
}
