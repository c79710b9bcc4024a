using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Writes;

/// <summary>
/// Every limit: at it a registration is taken, beyond it refused with a reason that helps, and nothing is changed.
/// </summary>
public class ValidationTests
{
    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);

    private static Registration Good => RegistrationBuilder.Full("orders", "i-1");

    private static readonly Dictionary<string, Refusal> RefusedByName =
        new()
        {
            ["no service"] = Wrong(Good with { Service = "" }, "service name", "missing"),
            ["no id"] = Wrong(Good with { Id = "" }, "instance id", "missing"),
            ["no host"] = Wrong(Good with { HostName = "" }, "host name", "missing"),
            ["no address"] = Wrong(Good with { Address = "" }, "address", "missing"),
            ["service too long"] = TooMuch(Good with { Service = Text(257) }, "257", "256 bytes", "ServiceBytesMax"),
            ["id too long"] = TooMuch(Good with { Id = Text(513) }, "513", "512 bytes", "IdBytesMax"),
            ["id of 64 kB"] = TooMuch(Good with { Id = Text(65_536) }, "65536", "IdBytesMax"),
            ["id too long in bytes"] = TooMuch(Good with { Id = new string('日', 171) }, "513", "512 bytes"),
            ["host too long"] = TooMuch(Good with { HostName = Text(300) }, "300", "256 bytes", "HostBytesMax"),
            ["address too long"] = TooMuch(Good with { Address = Text(257) }, "257", "HostBytesMax"),
            ["zone too long"] = TooMuch(Good with { Zone = Text(257) }, "zone", "257", "HostBytesMax"),
            ["region too long"] = TooMuch(Good with { Region = Text(257) }, "region", "HostBytesMax"),
            ["port 0 in use"] = Wrong(Good with { Port = 0 }, "port 0", "1..65535", "enabled"),
            ["port -1"] = Wrong(Good with { Port = -1, PortEnabled = false }, "port -1", "0..65535"),
            ["port 65536"] = Wrong(Good with { Port = 65_536 }, "port 65536", "1..65535"),
            ["port 65536 not in use"] = Wrong(Good with { Port = 65_536, PortEnabled = false }, "65536"),
            ["port 2^31"] = Wrong(Good with { Port = int.MinValue }, "-2147483648"),
            ["secure port 0 in use"] = Wrong(Good with { SecurePort = 0 }, "secure port 0"),
            ["secure port 70000"] = Wrong(Good with { SecurePort = 70_000 }, "secure port 70000"),
            ["weight -1"] = Wrong(Good with { Weight = -1 }, "weight -1", "0..65535"),
            ["weight 65536"] = Wrong(Good with { Weight = 65_536 }, "weight 65536"),
            ["vips too long"] = TooMuch(Good with { Vips = Text(2_049) }, "2049", "2048 bytes", "VipsBytesMax"),
            ["vips too many"] = TooMuch(Good with { Vips = Vips(65) }, "65", "64 addresses", "VipsMax"),
            ["secure vips too many"] = TooMuch(Good with { SecureVips = Vips(500) }, "500", "VipsMax"),
            ["home page too long"] = TooMuch(Good with { HomePageUrl = Url(2_049) }, "home page", "2049", "UrlBytesMax"),
            ["status page too long"] = TooMuch(Good with { StatusPageUrl = Url(1 << 20) }, "status page", "UrlBytesMax"),
            ["health check too long"] = TooMuch(Good with { HealthCheckUrl = Url(2_049) }, "health check"),
            ["secure health check too long"] = TooMuch(Good with { SecureHealthCheckUrl = Url(2_049) }, "secure health check"),
            ["a script as URL"] = Wrong(Good with { HomePageUrl = "javascript:alert(1)" }, "home page", "javascript:"),
            ["a hidden script as URL"] = Wrong(Good with { StatusPageUrl = " JaVaScRiPt:alert(1)" }, "status page"),
            ["data as URL"] = Wrong(Good with { HealthCheckUrl = "data:text/html,x" }, "health check", "data:"),
            ["a line break in a URL"] = Wrong(Good with { HomePageUrl = "http://a/\r\nX: y" }, "home page", "U+000D"),
            ["a control character in the id"] = Wrong(Good with { Id = "a\u0000b" }, "instance id", "U+0000", "position 1"),
            ["a tab in the service"] = Wrong(Good with { Service = "a\tb" }, "service name", "U+0009"),
            ["a lone surrogate"] = Wrong(Good with { HostName = "a\uD800b" }, "host name", "U+D800"),
            ["a lone low surrogate"] = Wrong(Good with { Id = "\uDC00" }, "U+DC00", "position 0"),
            ["what XML cannot carry"] = Wrong(Good with { Zone = "a\uFFFE" }, "zone", "U+FFFE"),
            ["a delete character"] = Wrong(Good with { Region = "\u007F" }, "region", "U+007F"),
            ["lease 0"] = Wrong(Good with { LeaseDuration = TimeSpan.Zero }, "lease 0 s", "1..86400 s", "LeaseDurationMax"),
            ["lease -1"] = Wrong(Good with { LeaseDuration = Seconds(-1) }, "lease -1 s", "Send 1 s or more"),
            ["lease below a second"] = Wrong(Good with { LeaseDuration = Seconds(0.999) }, "lease 0.999 s"),
            ["lease over a day"] = Wrong(Good with { LeaseDuration = Seconds(86_400.001) }, "86400.001", "LeaseDurationMax"),
            ["Java's overflow"] = Wrong(Good with { LeaseDuration = Seconds(2_147_484) }, "2147484 s"),
            ["lease for ever"] = Wrong(Good with { LeaseDuration = TimeSpan.MaxValue }, "lease", "LeaseDurationMax"),
            ["interval 0"] = Wrong(Good with { RenewalInterval = TimeSpan.Zero }, "renewal interval 0 s"),
            ["interval for ever"] = Wrong(Good with { RenewalInterval = TimeSpan.MaxValue }, "renewal interval"),
            ["too many pairs"] = TooMuch(Good with { Metadata = Pairs(257, 1) }, "metadata", "257", "256 pairs"),
            ["10,000 pairs"] = TooMuch(Good with { Metadata = Pairs(10_000, 1) }, "10000", "MetadataPairsMax"),
            ["too much metadata"] = TooMuch(Good with { Metadata = Pairs(3, 11_000) }, "33006", "32768 bytes"),
            ["a value of 1 MB"] = TooMuch(Good with { Metadata = [new("k", Text(1 << 20))] }, "MetadataBytesMax"),
            ["an empty key"] = Wrong(Good with { Metadata = [new("", "v")] }, "metadata key", "missing"),
            ["a key too long"] = TooMuch(Good with { Metadata = [new(Text(257), "v")] }, "257", "MetadataKeyBytesMax"),
            ["a key twice"] = Wrong(Good with { Metadata = [new("k", "1"), new("k", "2")] }, "key k", "twice"),
            ["a control character in a key"] = Wrong(Good with { Metadata = [new("a\nb", "v")] }, "metadata key", "U+000A"),
            ["a control character in a value"] = Wrong(Good with { Metadata = [new("k", "a\u0001")] }, "value of k", "U+0001"),
            ["too many attributes"] = TooMuch(Good with { Attributes = Pairs(257, 1) }, "attributes", "MetadataPairsMax"),
            ["an attribute twice"] = Wrong(Good with { Attributes = [new("k", "1"), new("k", "2")] }, "attributes key k"),
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
        KeyValuePair<string, string>[] others = [.. Enumerable.Range(0, 100).Select(i => KeyValuePair.Create($"new-{i}", ""))];
        AssertRefused(others, RegistryErrorCode.LimitExceeded, "300");
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
        Registration evil = Good with { Id = "evil\r\n\u001b[31m" + Text(9_000) };
        string message = _under.Registry.Register(evil, _under.Now).Error!.Message;
        Assert.Contains("evil", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 20, 400);
    }

    private static Refusal Wrong(Registration registration, params string[] words) =>
        new(registration, RegistryErrorCode.InvalidValue, words);

    private static Refusal TooMuch(Registration registration, params string[] words) =>
        new(registration, RegistryErrorCode.LimitExceeded, words);

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
