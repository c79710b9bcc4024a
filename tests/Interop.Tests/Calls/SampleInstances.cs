using Rollcall.Testing.Support.Clients;

namespace Rollcall.Interop.Tests.Calls;

/// <summary>Instances to register, from plain to nasty.</summary>
internal static class SampleInstances
{
    /// <summary>Keys and values that break careless writers of JSON and XML.</summary>
    public static IReadOnlyDictionary<string, string?> NastyMetadata { get; } = new Dictionary<string, string?>
    {
        ["zone_a"] = "x",
        ["price$"] = "9",
        ["a b"] = "key with a blank",
        ["1st"] = "key that starts with a digit",
        ["_"] = "",
        ["__"] = "two underscores",
        ["x_.y"] = "looks like an escape",
        ["x_.0041"] = "is an escape to the letter",
        ["a/b@c#d"] = "<&>\"'",
        ["<tag>"] = "]]>",
        ["clé"] = "ünïcödé",
        ["ключ"] = "значение",
        ["鍵"] = "値",
        ["🦄"] = "🦄 \u2028",
        ["aws:zone"] = "a colon is a letter to Java and a prefix to others",
        ["lines"] = "one\ntwo\tthree",
        ["management.port"] = "8081",
        ["flag"] = "true",
        ["nothing"] = "null",
        ["brace"] = "{\"a\":[1]}",
        ["  "] = "  blanks around  ",
    };

    /// <summary>Everything that the protocol knows, set.</summary>
    public static ClientInstance Rich(string app, string id) => Plain(app, id) with
    {
        Group = "GRP",
        Sid = "s1",
        Country = 49,
        SecurePort = 8443,
        SecurePortEnabled = true,
        HomePageUrl = "http://h1.example:8080/?a=1&b=<2>",
        StatusPageUrl = "http://h1.example:8080/info",
        HealthCheckUrl = "http://h1.example:8080/health",
        SecureHealthCheckUrl = "https://h1.example:8443/health",
        Vip = $"{app.ToLowerInvariant()},{app.ToLowerInvariant()}-v2",
        SecureVip = $"{app.ToLowerInvariant()}-secure",
        Asg = "asg-v001",
        Metadata = NastyMetadata,
    };

    /// <summary>What the smallest useful configuration leads to.</summary>
    public static ClientInstance Plain(string app, string id) => new()
    {
        Id = id,
        App = app,
        Host = "h1.example",
        Ip = "10.0.0.1",
        Status = "UP",
        Port = 8080,
        PortEnabled = true,
        SecurePort = 443,
        SecurePortEnabled = false,
        Country = 1,
        DataCenter = "MyOwn",
        Lease = new ClientLease(30, 90, 0, 0, 0, 0),
        Metadata = new Dictionary<string, string?>(),
        Vip = app.ToLowerInvariant(),
        SecureVip = app.ToLowerInvariant(),
        LastDirtyMs = 1_700_000_000_005,
    };

    /// <summary>In an Amazon data centre, with the five keys that compact answers keep and one that they drop.</summary>
    public static ClientInstance Amazon(string app, string id) => Plain(app, id) with
    {
        DataCenter = "Amazon",
        DataCenterMetadata = new Dictionary<string, string?>
        {
            ["instance-id"] = id,
            ["availability-zone"] = "us-east-1a",
            ["public-ipv4"] = "1.2.3.4",
            ["local-ipv4"] = "10.0.0.1",
            ["public-hostname"] = "ec2.example",
            ["ami-id"] = "ami-1",
        },
    };
}
