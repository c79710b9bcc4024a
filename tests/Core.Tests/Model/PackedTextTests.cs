using System.Text;
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
        byte[] sample = TextBlock.Pack(Spring(0));
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] block = i % 2 == 0 ? TextBlock.Pack(Spring(random.Next(60_000))) : TextBlock.Pack(Scrambled(random));
            byte[] packed = PackedText.Pack(block, i % 3 == 0 ? [] : sample);
            Assert.Equal(block, PackedText.Unpack(packed, i % 3 == 0 ? [] : sample));
            Assert.True(TextBlock.Id(packed).SequenceEqual(TextBlock.Id(block)));
        }
    }

    [Fact]
    public void An_instance_like_the_first_of_its_service_is_stored_in_a_third_of_its_text()
    {
        byte[] sample = TextBlock.Pack(Spring(0));
        byte[] block = TextBlock.Pack(Spring(31_415));
        Assert.InRange(PackedText.Pack(block, sample).Length, 1, block.Length / 3);
    }

    [Fact]
    public void A_copy_does_not_run_from_the_sample_into_the_text()
    {
        // The sample ends as the text begins, and the text repeats that seam.
        byte[] sample = Encoding.UTF8.GetBytes("....abcdef");
        byte[] block = TextBlock.Pack(Spring(1) with { Id = "ghijkl", HostName = "abcdef\u0006ghijkl" });
        Assert.Equal(block, PackedText.Unpack(PackedText.Pack(block, sample), sample));
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
