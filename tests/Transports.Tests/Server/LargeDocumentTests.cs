using System.IO.Compression;
using System.Text.Json;

namespace Rollcall.Transports.Tests.Server;

/// <summary>Documents of many flushes, on connections that stay open.</summary>
public sealed class LargeDocumentTests
{
    private const int Instances = 3_000;

    [Theory]
    [InlineData("")]
    [InlineData("\nAccept-Encoding: gzip")]
    public async Task A_document_of_many_segments_arrives_whole_and_the_connection_lives(string coding)
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        for (int i = 0; i < Instances; i++)
        {
            server.Register($"SERVICE-{i % 7}", $"instance-{i}");
        }

        using RawConnection connection = server.Connect();
        byte[] request = HttpFixture.RequestBytes("GET", "/eureka/apps/", "Accept: application/json" + coding, default);
        for (int round = 0; round < 2; round++)
        {
            connection.Send(request);
            RawAnswer answer = connection.Receive();
            Assert.Equal(200, answer.Status);
            Assert.Equal(coding.Length > 0 ? "gzip" : null, answer["Content-Encoding"]);
            Assert.Equal(Instances, CountInstances(coding.Length > 0 ? Inflate(answer.Body) : answer.Body));
        }

        server.AssertNoFailures();
    }

    [Fact]
    public async Task Every_document_tells_its_version_and_changes_it_with_its_content()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        server.Register("A", "a-1");
        server.Register("B", "b-1");
        string service = server.Ask("GET", "/eureka/apps/A")["ETag"]!;
        string full = server.Ask("GET", "/eureka/apps")["ETag"]!;
        string plain = server.Ask("GET", "/eureka/apps", "Accept: application/json")["ETag"]!;
        string gzip = server.Ask("GET", "/eureka/apps", "Accept: application/json\nAccept-Encoding: gzip")["ETag"]!;
        Assert.NotEqual(plain, gzip);
        Assert.NotEqual(plain, full);

        server.Register("B", "b-2");

        Assert.Equal(304, server.Ask("GET", "/eureka/apps/A", $"If-None-Match: {service}").Status);
        Assert.Equal(200, server.Ask("GET", "/eureka/apps", $"If-None-Match: {full}").Status);
        Assert.Equal(304, server.Ask("HEAD", "/eureka/apps/A", $"If-None-Match: {service}").Status);
    }

    [Fact]
    public async Task A_delta_that_cannot_be_complete_is_refused_with_the_reason()
    {
        await using HttpFixture server = await HttpFixture.StartAsync(registry: new() { ChangeRingCapacity = 64 });
        for (int i = 0; i < 100; i++)
        {
            server.Register("A", $"a-{i}");
        }

        RawAnswer answer = server.Ask("GET", "/eureka/apps/delta", "Accept: application/json");

        Assert.Equal(403, answer.Status);
        Assert.Empty(answer.Body);
        Assert.StartsWith("The delta cannot be complete", answer["X-Rollcall-Reason"], StringComparison.Ordinal);
        Assert.Equal(200, server.Ask("GET", "/eureka/apps").Status);
    }

    private static int CountInstances(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return document
            .RootElement.GetProperty("applications")
            .GetProperty("application")
            .EnumerateArray()
            .Sum(application => application.GetProperty("instance").GetArrayLength());
    }

    private static byte[] Inflate(byte[] gzip)
    {
        using var output = new MemoryStream();
        using (var inflater = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress))
        {
            inflater.CopyTo(output);
        }

        return output.ToArray();
    }
}
