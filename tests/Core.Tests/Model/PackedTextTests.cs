using Rollcall.Core.Model;

namespace Rollcall.Core.Tests.Model;

public class PackedTextTests
{
    private static Registration Spring(int i, string service = "orders") =>
        new()
        {
            Service = service,
            Id = $"node-{i:00000}.eu.example.net:{service}:8080",
            HostName = $"node-{i:00000}.eu.example.net",
            Address = $"10.1.{i / 250}.{i % 250}",
            Port = 8080,
            PortEnabled = true,
            Vips = service,
            SecureVips = service,
            HomePageUrl = $"http://node-{i:00000}.eu.example.net:8080/",
            StatusPageUrl = $"http://node-{i:00000}.eu.example.net:8080/actuator/info",
            HealthCheckUrl = $"http://node-{i:00000}.eu.example.net:8080/actuator/health",
            Metadata = [new("management.port", "8080"), new("zone", "eu-1a"), new("version", "1.4.2")],
            Attributes = [new("eureka.dc", "MyOwn"), new("eureka.country", "1")],
        };

    [Fact]
    public void What_is_packed_comes_back_for_text_like_and_unlike_the_sample()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            TextTemplate template = (i % 5) switch
            {
                0 => TextTemplate.None,
                1 => TextTemplate.From(TextBlock.Pack(Scrambled(random))),
                _ => TextTemplate.From(TextBlock.Pack(Spring(0))),
            };
            byte[] block = TextBlock.Pack(i % 2 == 0 ? Spring(random.Next(60_000)) : Scrambled(random));
            byte[] packed = PackedText.Pack(block, template);
            Assert.Equal(block, PackedText.Unpack(packed, template));
            Assert.True(TextBlock.Id(packed).SequenceEqual(TextBlock.Id(block)));
        }
    }

    [Fact]
    public void An_instance_as_expected_is_stored_as_its_id_and_address()
    {
        TextTemplate template = TextTemplate.From(TextBlock.Pack(Spring(0)));
        Registration registration = Spring(31_415);
        byte[] packed = PackedText.Pack(TextBlock.Pack(registration), template);
        const int IdLength = 1, HostLength = 1, Address = 1 + 4, RestLength = 1;
        Assert.Equal(IdLength + registration.Id.Length + HostLength + Address + RestLength, packed.Length);
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("10.0.0.01", false)]
    [InlineData("10.0.0.+1", false)]
    [InlineData("10.0.0", false)]
    [InlineData("10.0.0.", false)]
    [InlineData("10.0.0.1.", false)]
    [InlineData("10.0.0.1.2", false)]
    [InlineData("10.0.0.256", false)]
    [InlineData(".0.0.1", false)]
    [InlineData("", false)]
    [InlineData("fe80::1", false)]
    [InlineData("10.0.0.1 ", false)]
    public void An_address_comes_back_as_it_was_sent(string address, bool quad)
    {
        Assert.Equal(quad, DottedQuad.TryRead(System.Text.Encoding.UTF8.GetBytes(address), new byte[DottedQuad.Size]));
        foreach (TextTemplate template in (TextTemplate[])[TextTemplate.None, TextTemplate.From(TextBlock.Pack(Spring(0)))])
        {
            byte[] block = TextBlock.Pack(Spring(1) with { Address = address });
            Assert.Equal(block, PackedText.Unpack(PackedText.Pack(block, template), template));
        }
    }

    [Fact]
    public void An_instance_that_differs_in_one_pair_stores_little_more()
    {
        TextTemplate template = TextTemplate.From(TextBlock.Pack(Spring(0)));
        Registration registration = Spring(31_415);
        registration = registration with { Metadata = [.. registration.Metadata, new("commit", "4f2a9c1")] };
        byte[] packed = PackedText.Pack(TextBlock.Pack(registration), template);
        Assert.InRange(packed.Length, 1, 2 + registration.Id.Length + registration.Address.Length + 50);
    }

    [Fact]
    public void A_sample_whose_host_name_is_part_of_other_words_still_gives_back_every_text()
    {
        TextTemplate template = TextTemplate.From(TextBlock.Pack(Spring(0) with { HostName = "http", Id = "http:orders" }));
        byte[] block = TextBlock.Pack(Spring(1));
        Assert.Equal(block, PackedText.Unpack(PackedText.Pack(block, template), template));
    }

    private static Registration Scrambled(Random random)
    {
        string Any(int max) =>
            string.Concat(Enumerable.Range(0, random.Next(max)).Select(_ => "abcé✓0"[random.Next(6)].ToString()));
        return new Registration
        {
            Service = "orders",
            Id = "x" + Any(300),
            HostName = Any(40),
            Address = Any(10),
            Vips = random.Next(2) == 0 ? null : Any(200),
            Metadata = [.. Enumerable.Range(0, random.Next(5)).Select(i => new KeyValuePair<string, string>("k" + i, Any(500)))],
        };
    }
}
