using System.Diagnostics;
using System.Diagnostics.Metrics;
using Rollcall.Client.Choosing;

namespace Rollcall.Client.Tests;

/// <summary>What a client says of itself in numbers and spans.</summary>
public sealed class ClientMeterTests : IDisposable
{
    private readonly Meter _meter = new("Rollcall.Client.Of.This.Test");
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _seen = []; // guarded by itself

    public ClientMeterTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task A_life_in_numbers()
    {
        await using ClientBench bench = await new ClientBench(2, meter: _meter).UpAsync();
        FakeNode used = bench.Nodes.Single(node => bench.Status(node) is not null);
        used.Registry.Register("stock", "s-1");
        await Wait.UntilAsync(() => bench.Client.TryChoose("stock", out _), "the stock is known");
        for (int failure = 0; failure < new ClientOptions().AsideAfterFailures; failure++)
        {
            Assert.True(bench.Client.TryChoose("stock", out Pick pick));
            pick.End(CallOutcome.Failed);
        }

        Assert.False(bench.Client.TryChoose("mail", out _));
        await bench.PassAsync(TimeSpan.FromSeconds(15));
        _listener.RecordObservableInstruments();
        Assert.Equal(2, Seen("rollcall.client.catalogue.services"));
        Assert.Equal(2, Seen("rollcall.client.catalogue.instances"));
        Assert.Equal(0, Seen("rollcall.client.catalogue.held"));
        Assert.Equal(0, Seen("rollcall.client.catalogue.aside")); // its time aside is over
        Assert.Equal(1, Seen("rollcall.client.registered"));
        Assert.True(Seen("rollcall.client.catalogue.age") >= 0);
        Assert.True(Seen("rollcall.client.choices outcome=chosen") >= 4);
        Assert.True(Seen("rollcall.client.choices outcome=none") >= 1);
        Assert.True(HasSeen("rollcall.client.call.duration operation=register") && HasSeen("rollcall.client.call.duration operation=renew"));

        foreach (FakeNode node in bench.Nodes)
        {
            node.IsDown = true;
            node.LoseLinks();
        }

        await bench.PassAsync(TimeSpan.FromSeconds(30));
        await Wait.UntilAsync(() => HasSeen("rollcall.client.call.duration operation=renew error.type=Unreachable"), "a renewal failed");
        Assert.True(Seen("rollcall.client.servers_left") >= 1);
    }

    [Fact]
    public async Task Put_aside_counts_while_it_lasts()
    {
        await using ClientBench bench = new(meter: _meter);
        bench.Node.Registry.Register("stock", "s-1");
        await bench.Client.StartAsync();
        await Wait.UntilAsync(() => bench.Client.Catalogue.Find("stock") is not null, "the stock is known");
        for (int failure = 0; failure < new ClientOptions().AsideAfterFailures; failure++)
        {
            Assert.True(bench.Client.TryChoose("stock", out Pick pick));
            pick.End(CallOutcome.Failed);
        }

        _listener.RecordObservableInstruments();
        Assert.Equal(1, Seen("rollcall.client.catalogue.aside"));
    }

    [Fact]
    public async Task Calls_to_the_registry_are_spans_with_server_and_error()
    {
        var ended = new List<Activity>();
        using var root = new Activity("this test").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RollcallClient.TelemetryName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (ended)
                {
                    ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using (ClientBench bench = await new ClientBench().UpAsync())
        {
            bench.Node.IsDown = true;
            bench.Node.LoseLinks();
            await bench.PassAsync(TimeSpan.FromSeconds(30));
        }

        Activity[] own; // other tests run beside this one
        lock (ended)
        {
            own = [.. ended.Where(activity => activity.RootId == root.RootId)];
        }

        Assert.Contains(own, activity => activity.OperationName == "rollcall.register" && (string?)activity.GetTagItem("server.address") == "node-0");
        Activity failed = own.First(activity => activity.Status == ActivityStatusCode.Error);
        Assert.Equal(("Unreachable", "The node is down."), ((string?)failed.GetTagItem("error.type"), failed.StatusDescription));
    }

    [Fact]
    public async Task No_label_is_the_name_of_an_instance_or_a_service()
    {
        await using (ClientBench bench = await new ClientBench(meter: _meter).UpAsync())
        {
            bench.Client.TryChoose("orders", out _);
            _listener.RecordObservableInstruments();
        }

        lock (_seen)
        {
            Assert.NotEmpty(_seen);
            Assert.All(_seen.Keys, key => Assert.Matches("^[a-z._]+( (operation|outcome|error.type)=[A-Za-z_]+)*$", key));
        }
    }

    private void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string key = instrument.Name;
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            key += $" {tag.Key}={tag.Value}";
        }

        lock (_seen)
        {
            _seen[key] = instrument is Counter<long> ? _seen.GetValueOrDefault(key) + value : value;
        }
    }

    private bool HasSeen(string key)
    {
        lock (_seen)
        {
            return _seen.ContainsKey(key);
        }
    }

    private double Seen(string key)
    {
        lock (_seen)
        {
            return _seen.TryGetValue(key, out double value) ? value : throw new KeyNotFoundException($"{key} was not seen; seen: {string.Join(", ", _seen.Keys)}");
        }
    }
}
