using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;
using Rollcall.Testing.Support.Clients;

namespace Rollcall.Transports.Tests.Codecs;

/// <summary>What an owner sent comes back: to our readers the same, to every known client readable.</summary>
public class RoundTripTests
{
    // What hurts one format or the other; each may stand at any place of a text.
    private static readonly string[] s_pieces =
    [
        "a",
        "Z",
        "1",
        "_",
        "__",
        "_.",
        "_.0041",
        "_-",
        "$",
        "$$",
        "-",
        ".",
        ":",
        "@",
        "@class",
        " ",
        "<",
        ">",
        "&",
        "&amp;",
        "'",
        "\"",
        "\\",
        "\\u0041",
        "/",
        "]]>",
        "<!--",
        "{",
        "}",
        "[",
        "]",
        ",",
        "%00",
        "é",
        "ß",
        "日本",
        "😀",
        "\u2028",
        "\u00A0",
        "\uFFFD",
        "\uFEFF",
        "\u0300",
        "\u05D0",
        "\u200D",
        "\u037E",
        "\uD7FF",
        "\uE000",
        "𐀀",
        "\U0010FFFF",
    ];

    // At most 40 pieces of at most 6 bytes: within every limit of the core.
    private static readonly Gen<string> s_line = Gen.Elements(s_pieces)
        .NonEmptyListOf()
        .Select(pieces => string.Concat(pieces.Take(40)))
        .Where(text => text != "@class");

    private static readonly Gen<string> s_value = Gen.Elements([.. s_pieces, "\r", "\n", "\t", "\r\n", "  "])
        .ListOf()
        .Select(pieces => string.Concat(pieces.Take(40)));

    private static readonly Gen<string?> s_optionalLine = Gen.OneOf(Gen.Constant<string?>(null), s_line.Select(t => (string?)t));

    [Fact]
    public void Any_registration_comes_back_equal_in_both_formats() =>
        Prop.ForAll(
                Arb.From(Registrations()),
                sent =>
                {
                    InstanceView view = Registered(sent);
                    Registration expected = AsShown(sent);
                    RegistrationAssert.Equal(expected, Read.Json(Encode.JsonInstance(view)));
                    RegistrationAssert.Equal(expected, Read.Xml(Encode.XmlInstance(view)));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void Any_registration_is_readable_to_every_known_client() =>
        Prop.ForAll(
                Arb.From(Registrations()),
                sent =>
                {
                    InstanceView view = Registered(sent);
                    foreach (IClientReader client in KnownClients.All.Where(c => c.AsksFor(ClientDocument.Instance)))
                    {
                        byte[] body = client.Format == WireFormat.Json ? Encode.JsonInstance(view) : Encode.XmlInstance(view);
                        AssertReads(client, body, sent);
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void The_nastiest_metadata_survives_from_JSON_to_XML_and_back()
    {
        KeyValuePair<string, string>[] nasty =
        [
            .. s_pieces.Where(p => p != "@class").Select(p => KeyValuePair.Create(p, p)),
            new("lines", "\r\n\r\t\n"),
            new("empty", ""),
            new("spaces", "  "),
        ];
        InstanceView first = Registered(RegistrationBuilder.Of("A", "i") with { Metadata = nasty });

        Registration fromXml = Read.Xml(Encode.XmlInstance(first));
        Registration fromJson = Read.Json(Encode.JsonInstance(Registered(fromXml)));

        Assert.Equal(nasty.AsEnumerable(), fromXml.Metadata.AsEnumerable());
        Assert.Equal(nasty.AsEnumerable(), fromJson.Metadata.AsEnumerable());
    }

    private static void AssertReads(IClientReader client, byte[] body, Registration sent)
    {
        ClientInstance read = client.Read(ClientDocument.Instance, body).Instances.Single();
        if (client.Reads.Contains(nameof(ClientInstance.Id)))
        {
            Assert.Equal(sent.Id, read.Id);
        }

        if (client.Reads.Contains(nameof(ClientInstance.Metadata)) && !client.KeepsEscapedNames)
        {
            var expected = sent.Metadata.ToDictionary(p => p.Key, p => (string?)p.Value);
            Assert.True(
                expected.Count == read.Metadata!.Count && expected.All(read.Metadata.Contains),
                $"{client.Name}: metadata differs"
            );
        }
    }

    private static InstanceView Registered(Registration sent)
    {
        var stepped = new SteppedRegistry();
        stepped.Register(sent, WriteSource.Peer);
        return Encode.View(stepped.Registry, stepped.Find(sent.Service, sent.Id)!);
    }

    // Readers see the effective status, and names of services in their canonical form.
    private static Registration AsShown(Registration sent) =>
        sent with
        {
            Service = ServiceName.Canonical(sent.Service),
            Status =
                sent.Override is { } overriding && sent.Status is InstanceStatus.Up or InstanceStatus.OutOfService
                    ? sent.Override ?? sent.Status
                    : sent.Status,
        };

    private static Gen<Registration> Registrations() =>
        from names in s_line.Four()
        from optional in s_optionalLine.Four()
        from ports in Gen.Choose(1, 65_535).Two()
        from enabled in Gen.Elements(true, false).Two()
        from status in Gen.Elements(Enum.GetValues<InstanceStatus>())
        from overriding in Gen.Elements<InstanceStatus?>(
            null,
            InstanceStatus.Up,
            InstanceStatus.Down,
            InstanceStatus.OutOfService
        )
        from lease in Gen.Choose(1, 86_400).Two()
        from stamp in Gen.Choose(0, int.MaxValue)
        from metadata in Pairs(s_line, s_value)
        from attributes in Attributes()
        select new Registration
        {
            Service = names.Item1,
            Id = names.Item2,
            HostName = names.Item3,
            Address = names.Item4,
            Port = ports.Item1,
            PortEnabled = enabled.Item1,
            SecurePort = ports.Item2,
            SecurePortEnabled = enabled.Item2,
            Vips = optional.Item1,
            SecureVips = optional.Item2,
            HomePageUrl = optional.Item3,
            HealthCheckUrl = optional.Item4,
            Status = status,
            Override = overriding,
            LeaseDuration = TimeSpan.FromSeconds(lease.Item1),
            RenewalInterval = TimeSpan.FromSeconds(lease.Item2),
            ClientStamp = stamp,
            ServiceUpAtMs = stamp + 1L,
            Metadata = metadata,
            Attributes = attributes,
        };

    private static Gen<KeyValuePair<string, string>[]> Attributes() =>
        from texts in s_value.Three()
        from country in Gen.Choose(2, 999)
        from amazon in Gen.Elements(true, false)
        from pairs in Pairs(s_line, s_value)
        select (KeyValuePair<string, string>[])
            [
                new("eureka.group", texts.Item1.ToUpperInvariant()),
                new("eureka.asg", texts.Item2),
                new("eureka.sid", texts.Item3),
                new("eureka.country", $"{country}"),
                new("eureka.dc", amazon ? "Amazon" : "Netflix"),
                .. amazon ? DataCenter(pairs) : [],
            ];

    private static IEnumerable<KeyValuePair<string, string>> DataCenter(KeyValuePair<string, string>[] pairs) =>
        pairs.Append(new("instance-id", "m")).Select(p => KeyValuePair.Create("eureka.dc." + p.Key, p.Value));

    private static Gen<KeyValuePair<string, string>[]> Pairs(Gen<string> keys, Gen<string> values) =>
        keys.Zip(values, KeyValuePair.Create).ListOf().Select(pairs => pairs.DistinctBy(p => p.Key).Take(20).ToArray());
}
