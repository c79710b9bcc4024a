using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Writes;

/// <summary>Every limit: at it a registration is taken, beyond it refused with a reason that helps, and nothing is changed.</summary>
public class ValidationTests
{
    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);

    private static Registration Good => RegistrationBuilder.Full("orders", "i-1");

    private static readonly Dictionary<string, Refusal> RefusedByName =
        new()
        {
            ["no service"] = new(Good with { Service = "" }, RegistryErrorCode.InvalidValue, ["service name", "missing"]),
            ["no id"] = new(Good with { Id = "" }, RegistryErrorCode.InvalidValue, ["instance id", "missing"]),
            ["no host"] = new(Good with { HostName = "" }, RegistryErrorCode.InvalidValue, ["host name", "missing"]),
            ["no address"] = new(Good with { Address = "" }, RegistryErrorCode.InvalidValue, ["address", "missing"]),
            ["service too long"] = new(Good with { Service = Text(257) }, RegistryErrorCode.LimitExceeded, ["257", "256 bytes", "ServiceBytesMax"]),
            ["id too long"] = new(Good with { Id = Text(513) }, RegistryErrorCode.LimitExceeded, ["513", "512 bytes", "IdBytesMax"]),
            ["id of 64 kB"] = new(Good with { Id = Text(65_536) }, RegistryErrorCode.LimitExceeded, ["65536", "IdBytesMax"]),
            ["id too long in bytes"] = new(Good with { Id = new string('日', 171) }, RegistryErrorCode.LimitExceeded, ["513", "512 bytes"]),
            ["host too long"] = new(Good with { HostName = Text(300) }, RegistryErrorCode.LimitExceeded, ["300", "256 bytes", "HostBytesMax"]),
            ["address too long"] = new(Good with { Address = Text(257) }, RegistryErrorCode.LimitExceeded, ["257", "HostBytesMax"]),
            ["zone too long"] = new(Good with { Zone = Text(257) }, RegistryErrorCode.LimitExceeded, ["zone", "257", "HostBytesMax"]),
            ["region too long"] = new(Good with { Region = Text(257) }, RegistryErrorCode.LimitExceeded, ["region", "HostBytesMax"]),
            ["port 0 in use"] = new(Good with { Port = 0 }, RegistryErrorCode.InvalidValue, ["port 0", "1..65535", "enabled"]),
            ["port -1"] = new(Good with { Port = -1, PortEnabled = false }, RegistryErrorCode.InvalidValue, ["port -1", "0..65535"]),
            ["port 65536"] = new(Good with { Port = 65_536 }, RegistryErrorCode.InvalidValue, ["port 65536", "1..65535"]),
            ["port 65536 not in use"] = new(Good with { Port = 65_536, PortEnabled = false }, RegistryErrorCode.InvalidValue, ["65536"]),
            ["port 2^31"] = new(Good with { Port = int.MinValue }, RegistryErrorCode.InvalidValue, ["-2147483648"]),
            ["secure port 0 in use"] = new(Good with { SecurePort = 0 }, RegistryErrorCode.InvalidValue, ["secure port 0"]),
            ["secure port 70000"] = new(Good with { SecurePort = 70_000 }, RegistryErrorCode.InvalidValue, ["secure port 70000"]),
            ["weight -1"] = new(Good with { Weight = -1 }, RegistryErrorCode.InvalidValue, ["weight -1", "0..65535"]),
            ["weight 65536"] = new(Good with { Weight = 65_536 }, RegistryErrorCode.InvalidValue, ["weight 65536"]),
            ["vips too long"] = new(Good with { Vips = Text(2_049) }, RegistryErrorCode.LimitExceeded, ["2049", "2048 bytes", "VipsBytesMax"]),
            ["vips too many"] = new(Good with { Vips = Vips(65) }, RegistryErrorCode.LimitExceeded, ["65", "64 addresses", "VipsMax"]),
            ["secure vips too many"] = new(Good with { SecureVips = Vips(500) }, RegistryErrorCode.LimitExceeded, ["500", "VipsMax"]),
            ["home page too long"] = new(Good with { HomePageUrl = Url(2_049) }, RegistryErrorCode.LimitExceeded, ["home page", "2049", "UrlBytesMax"]),
            ["status page too long"] = new(Good with { StatusPageUrl = Url(1 << 20) }, RegistryErrorCode.LimitExceeded, ["status page", "UrlBytesMax"]),
            ["health check too long"] = new(Good with { HealthCheckUrl = Url(2_049) }, RegistryErrorCode.LimitExceeded, ["health check"]),
            ["secure health check too long"] = new(Good with { SecureHealthCheckUrl = Url(2_049) }, RegistryErrorCode.LimitExceeded, ["secure health check"]),
            ["a script as URL"] = new(Good with { HomePageUrl = "javascript:alert(1)" }, RegistryErrorCode.InvalidValue, ["home page", "javascript:"]),
            ["a hidden script as URL"] = new(Good with { StatusPageUrl = " JaVaScRiPt:alert(1)" }, RegistryErrorCode.InvalidValue, ["status page"]),
            ["data as URL"] = new(Good with { HealthCheckUrl = "data:text/html,x" }, RegistryErrorCode.InvalidValue, ["health check", "data:"]),
            ["a line break in a URL"] = new(Good with { HomePageUrl = "http://a/\r\nX: y" }, RegistryErrorCode.InvalidValue, ["home page", "U+000D"]),
            ["a control character in the id"] = new(Good with { Id = "a\u0000b" }, RegistryErrorCode.InvalidValue, ["instance id", "U+0000", "position 1"]),
            ["a tab in the service"] = new(Good with { Service = "a\tb" }, RegistryErrorCode.InvalidValue, ["service name", "U+0009"]),
            ["a lone surrogate"] = new(Good with { HostName = "a\uD800b" }, RegistryErrorCode.InvalidValue, ["host name", "U+D800"]),
            ["a lone low surrogate"] = new(Good with { Id = "\uDC00" }, RegistryErrorCode.InvalidValue, ["U+DC00", "position 0"]),
            ["what XML cannot carry"] = new(Good with { Zone = "a\uFFFE" }, RegistryErrorCode.InvalidValue, ["zone", "U+FFFE"]),
            ["a delete character"] = new(Good with { Region = "\u007F" }, RegistryErrorCode.InvalidValue, ["region", "U+007F"]),
            ["lease 0"] = new(Good with { LeaseDuration = TimeSpan.Zero }, RegistryErrorCode.InvalidValue, ["lease 0 s", "1..86400 s", "LeaseDurationMax"]),
            ["lease -1"] = new(Good with { LeaseDuration = Seconds(-1) }, RegistryErrorCode.InvalidValue, ["lease -1 s", "Send 1 s or more"]),
            ["lease below a second"] = new(Good with { LeaseDuration = Seconds(0.999) }, RegistryErrorCode.InvalidValue, ["lease 0.999 s"]),
            ["lease over a day"] = new(Good with { LeaseDuration = Seconds(86_400.001) }, RegistryErrorCode.InvalidValue, ["86400.001", "LeaseDurationMax"]),
            ["Java's overflow"] = new(Good with { LeaseDuration = Seconds(2_147_484) }, RegistryErrorCode.InvalidValue, ["2147484 s"]),
            ["lease for ever"] = new(Good with { LeaseDuration = TimeSpan.MaxValue }, RegistryErrorCode.InvalidValue, ["lease", "LeaseDurationMax"]),
            ["interval 0"] = new(Good with { RenewalInterval = TimeSpan.Zero }, RegistryErrorCode.InvalidValue, ["renewal interval 0 s"]),
            ["interval for ever"] = new(Good with { RenewalInterval = TimeSpan.MaxValue }, RegistryErrorCode.InvalidValue, ["renewal interval"]),
            ["too many pairs"] = new(Good with { Metadata = Pairs(257, 1) }, RegistryErrorCode.LimitExceeded, ["metadata", "257", "256 pairs", "MetadataPairsMax"]),
            ["10,000 pairs"] = new(Good with { Metadata = Pairs(10_000, 1) }, RegistryErrorCode.LimitExceeded, ["10000", "MetadataPairsMax"]),
            ["too much metadata"] = new(Good with { Metadata = Pairs(3, 11_000) }, RegistryErrorCode.LimitExceeded, ["33006", "32768 bytes", "MetadataBytesMax"]),
            ["a value of 1 MB"] = new(Good with { Metadata = [new("k", Text(1 << 20))] }, RegistryErrorCode.LimitExceeded, ["MetadataBytesMax"]),
            ["an empty key"] = new(Good with { Metadata = [new("", "v")] }, RegistryErrorCode.InvalidValue, ["metadata key", "missing"]),
            ["a key too long"] = new(Good with { Metadata = [new(Text(257), "v")] }, RegistryErrorCode.LimitExceeded, ["257", "MetadataKeyBytesMax"]),
            ["a key twice"] = new(Good with { Metadata = [new("k", "1"), new("k", "2")] }, RegistryErrorCode.InvalidValue, ["key k", "twice"]),
            ["a control character in a key"] = new(Good with { Metadata = [new("a\nb", "v")] }, RegistryErrorCode.InvalidValue, ["metadata key", "U+000A"]),
            ["a control character in a value"] = new(Good with { Metadata = [new("k", "a\u0001")] }, RegistryErrorCode.InvalidValue, ["value of k", "U+0001"]),
            ["too many attributes"] = new(Good with { Attributes = Pairs(257, 1) }, RegistryErrorCode.LimitExceeded, ["attributes", "MetadataPairsMax"]),
            ["an attribute twice"] = new(Good with { Attributes = [new("k", "1"), new("k", "2")] }, RegistryErrorCode.InvalidValue, ["attributes key k"]),
        };

    private static readonly Dictionary<string, Registration> AcceptedByName =
        new()
        {
            ["service at the limit"] = Good with { Service = Text(256) },
            ["id at the limit"] = Good with { Id = Text(512) },
            ["id at the limit in bytes"] = Good with { Id = new string('日', 170) + "ab" },
            ["host at the limit"] = Good with { HostName = Text(256) },
            ["URL at the limit"] = Good with { HomePageUrl = Url(2_048) },
            ["vips at the limit"] = Good with { Vips = Vips(64) },
            ["ports at their ends"] = Good with { Port = 1, SecurePort = 65_535 },
            ["port 0 not in use"] = Good with { Port = 0, PortEnabled = false },
            ["both ports off"] = Good with { Port = 0, PortEnabled = false, SecurePort = 0, SecurePortEnabled = false },
            ["weights at their ends"] = Good with { Weight = 0 },
            ["the longest lease"] = Good with { LeaseDuration = Seconds(86_400), RenewalInterval = Seconds(86_400) },
            ["the shortest lease"] = Good with { LeaseDuration = Seconds(1), RenewalInterval = Seconds(1) },
            ["an interval longer than the lease"] = Good with { LeaseDuration = Seconds(5), RenewalInterval = Seconds(30) },
            ["all pairs"] = Good with { Metadata = Pairs(256, 100), Attributes = Pairs(256, 100) },
            ["no pairs"] = Good with { Metadata = [], Attributes = [] },
            ["lines in a value"] = Good with { Metadata = [new("k", "one\r\n\ttwo")] },
            ["keys no XML name could be"] = Good with { Metadata = [new("1a", "v"), new("a b", "v"), new("@class", "v")] },
            ["an id full of separators"] = Good with { Id = @"http://h:80/a b?c#d%2F;\@&+.." },
            ["odd characters"] = Good with { Id = "\u2028\u202E😀é", HostName = "under_score" },
            ["addresses of all kinds"] = Good with { Address = "[fe80::1%eth0]", HostName = "localhost" },
            ["credentials in a URL"] = Good with { HomePageUrl = "http://user:secret@h/" },
        };

    public static TheoryData<string> Refused => [.. RefusedByName.Keys];

    public static TheoryData<string> Accepted => [.. AcceptedByName.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_outside_a_limit_is_refused_with_a_reason_and_changes_nothing(string what)
    {
        (Registration registration, RegistryErrorCode code, string[] words) = RefusedByName[what];
        _under.Register(RegistrationBuilder.Of("orders", "i-1") with { HostName = "before" });
        object before = _under.Registry.ReadSnapshot();
        RegisterResult result = _under.Registry.Register(registration, _under.Now);
        Assert.NotNull(result.Error);
        Assert.Equal(code, result.Error.Code);
        Assert.All(words, word => Assert.Contains(word, result.Error.Message, StringComparison.Ordinal));
        Assert.StartsWith("Cannot register ", result.Error.Message, StringComparison.Ordinal);
        Assert.InRange(result.Error.Message.Length, 20, 400);
        Assert.DoesNotContain(result.Error.Message, char.IsControl);
        Assert.Equal((default, 0UL, false), (result.Handle, result.Version, result.Created));
        Assert.Same(before, _under.Registry.ReadSnapshot());
        Assert.Equal("before", _under.Find("orders", "i-1")!.GetText(InstanceText.HostName));
        Assert.Equal(1, _under.Registry.Counts.Registrations);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public void What_is_at_a_limit_or_merely_odd_is_taken_in_and_reads_back(string what)
    {
        Registration registration = AcceptedByName[what];
        RegisterResult result = _under.Registry.Register(registration, _under.Now);
        Assert.Null(result.Error?.Message);
        Instance record = _under.Find(registration.Service, registration.Id)!;
        Assert.Equal(registration.Id, record.Id);
        Assert.Equal(registration.HostName, record.GetText(InstanceText.HostName));
        Assert.Equal(registration.Metadata, record.Metadata.ToArray());
        Assert.Equal(registration.Attributes, record.Attributes.ToArray());
    }

    [Fact]
    public void Metadata_beyond_a_limit_is_refused_whether_sent_or_merged()
    {
        _under.Register(RegistrationBuilder.Of("orders", "i-1") with { Metadata = Pairs(200, 10) });
        object before = _under.Registry.ReadSnapshot();
        AssertRefused(Pairs(300, 1), RegistryErrorCode.LimitExceeded, "MetadataPairsMax");
        AssertRefused([.. Enumerable.Range(0, 100).Select(i => KeyValuePair.Create($"new-{i}", ""))], RegistryErrorCode.LimitExceeded, "300");
        AssertRefused([new("k", Text(32_000))], RegistryErrorCode.LimitExceeded, "MetadataBytesMax");
        AssertRefused([new("k", "\u0007")], RegistryErrorCode.InvalidValue, "U+0007");
        AssertRefused([new("", "v")], RegistryErrorCode.InvalidValue, "missing");
        Assert.Same(before, _under.Registry.ReadSnapshot());
        Assert.Equal(0, _under.Registry.Counts.MetadataWrites);
    }

    [Fact]
    public void A_full_registry_refuses_new_instances_and_still_takes_what_it_has()
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { InstancesMax = 3 });
        foreach (Registration registration in RegistrationBuilder.Many("orders", 3, Seconds(10)))
        {
            under.Register(registration);
        }

        for (int i = 0; i < 3; i++)
        {
            RegistryError? error = under.Registry.Register(RegistrationBuilder.Of("orders", "i-9"), under.Now).Error;
            Assert.Equal(RegistryErrorCode.RegistryFull, error?.Code);
            Assert.Contains("InstancesMax", error!.Message, StringComparison.Ordinal);
            Assert.Contains("3", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal((3, 3UL), (under.Registry.ReadSnapshot().Count, under.Version));
        Assert.False(under.Register("orders", "i-1", Seconds(10)).Created);
        under.Cancel("orders", "i-0");
        Assert.True(under.Register("orders", "i-9", Seconds(10)).Created);
        under.Pass(Seconds(11));
        foreach (Registration registration in RegistrationBuilder.Many("billing", 3))
        {
            Assert.True(under.Register(registration).Created);
        }
    }

    [Fact]
    public void What_a_caller_sent_is_shown_shortened_and_harmless()
    {
        string message = _under.Registry.Register(Good with { Id = "evil\r\n\u001b[31m" + Text(9_000) }, _under.Now).Error!.Message;
        Assert.Contains("evil", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 20, 400);
    }

    private void AssertRefused(KeyValuePair<string, string>[] pairs, RegistryErrorCode code, string word)
    {
        WriteResult result = _under.Registry.SetMetadata(InstanceKey.Of("orders", "i-1"), pairs, _under.Now);
        Assert.Equal((code, 0UL), (result.Error?.Code, result.Version));
        Assert.Contains(word, result.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("ORDERS/i-1", result.Error.Message, StringComparison.Ordinal);
    }

    private static string Text(int length) => new('x', length);

    private static string Url(int length) => "http://h/" + Text(length - 9);

    private static string Vips(int count) => string.Join(',', Enumerable.Range(0, count));

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    // Keys k0, k1, …; every value of the same length.
    private static KeyValuePair<string, string>[] Pairs(int count, int valueLength) =>
        [.. Enumerable.Range(0, count).Select(i => KeyValuePair.Create($"k{i}", Text(valueLength)))];

    /// <summary>A registration that must not be taken in.</summary>
    /// <param name="Registration">What is sent.</param>
    /// <param name="Code">The code of the refusal.</param>
    /// <param name="Words">Words that its message must hold.</param>
    private sealed record Refusal(Registration Registration, RegistryErrorCode Code, string[] Words);
}
