using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Xml.Linq;
using Rollcall.Core.Model;

namespace Rollcall.Transports.Tests.Server;

/// <summary>What the server says about itself: Eureka's status document, the map of overrides, the metrics.</summary>
public sealed class ServerStatusTests
{
    [Fact]
    public async Task The_status_document_is_200_in_JSON_with_Eurekas_members()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        RawAnswer answer = server.Ask("GET", "/eureka/status", "Accept: application/json");

        Assert.Equal((200, "application/json"), (answer.Status, answer["Content-Type"]));
        using var document = JsonDocument.Parse(answer.Body);
        Assert.Equal(
            ["generalStats", "applicationStats", "instanceInfo", "healthy"],
            document.RootElement.EnumerateObject().Select(member => member.Name)
        );
        Assert.Equal(
            ["environment", "num-of-cpus", "total-avail-memory", "current-memory-usage", "server-uptime"],
            document.RootElement.GetProperty("generalStats").EnumerateObject().Select(member => member.Name)
        );
        Assert.Equal("", document.RootElement.GetProperty("applicationStats").GetProperty("registered-replicas").GetString());
    }

    [Fact]
    public async Task The_status_document_is_XML_without_a_wish_and_spelled_as_Eureka_spells_it()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        RawAnswer answer = server.Ask("GET", "/eureka/v2/status/");

        Assert.Equal((200, "application/xml"), (answer.Status, answer["Content-Type"]));
        XElement root = XDocument.Parse(answer.Text).Root!;
        Assert.Equal("com.netflix.eureka.util.StatusInfo", root.Name.LocalName);
        Assert.Equal(
            ["generalStats", "applicationStats", "instanceInfo", "isHeathly"],
            root.Elements().Select(e => e.Name.LocalName)
        );
    }

    [Fact]
    public async Task An_id_with_overrides_in_two_services_is_one_member_of_the_map()
    {
        await using HttpFixture server = await HttpFixture.StartAsync();
        foreach (string service in (string[])["B", "A"])
        {
            server.Register(service, "same");
            server.Registry.SetStatus(
                InstanceKey.Of(service, "same"),
                service == "A" ? InstanceStatus.Down : InstanceStatus.OutOfService,
                server.Registry.Now
            );
        }

        Assert.Equal("""{"same":"DOWN"}""", server.Ask("GET", "/eureka/serverinfo/statusoverrides").Text);
    }

    [Fact]
    public async Task Requests_are_counted_by_operation_without_naming_anyone()
    {
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Rollcall.Http")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (_, _, tags, _) =>
            {
                lock (counted)
                {
                    counted.Add(string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")));
                }
            }
        );
        listener.Start();
        await using HttpFixture server = await HttpFixture.StartAsync();
        server.Register("ORDERS", "o-1");

        using RawConnection connection = server.Connect();
        (string Method, string Target)[] requests =
        [
            ("PUT", "/eureka/apps/ORDERS/o-1"),
            ("PUT", "/eureka/apps/ORDERS/o-2"),
            ("GET", "/eureka/apps"),
            ("DELETE", "/eureka/apps/ORDERS/o-1"),
            ("GET", "/nothing"),
            ("GET", "/health/live"),
        ];
        foreach ((string method, string target) in requests)
        {
            connection.Send(HttpFixture.RequestBytes(method, target, "", default));
            connection.Receive();
        }

        // The last request is counted after it was answered, the ones before it certainly were when its answer came.
        lock (counted)
        {
            Assert.Equal(
                [
                    "operation=renew status=2xx",
                    "operation=renew status=4xx",
                    "operation=read_full status=2xx",
                    "operation=cancel status=2xx",
                    "operation=other status=4xx",
                ],
                counted.Take(5)
            );
        }
    }
}
