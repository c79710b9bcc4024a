using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Load.Connections;
using Rollcall.Load.Processes;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Load.Targets;

/// <summary>Row 11 on the wire: bytes that reach a subscriber for a change, headers counted, and how often each change is sent.</summary>
internal static class WireBytes
{
    private const int Instances = 10_000;
    private const int Services = 100;
    private const int Changes = 1_000;

    public static async Task<Measurement> MeasureAsync()
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, Instances, Services);
        using var writer = new FrameConnection(server.Tcp);
        var flips = new StatusFlips(fleet);
        RegistryVersion start = writer.Write(flips.Next());
        using var subscriber = new CountingSubscriber(new FrameConnection(server.Tcp), start);

        Counted apart = subscriber.Count(() => Repeat(() => subscriber.ReceiveUntil(writer.Write(flips.Next()))));
        Counted together = subscriber.Count(() =>
        {
            WriteTogether(writer, _ => flips.Next());
            subscriber.ReceiveUntil(writer.Write(flips.Next()));
        });
        Counted registered = subscriber.Count(() =>
        {
            WriteTogether(writer, i => FrameBytes.Register(fleet.Fleet.Registration(Instances + i)));
            subscriber.ReceiveUntil(writer.Write(flips.Next())); // one of a thousand is a flip
        });
        return new Measurement(
            [
                Bytes("delta on the wire, bytes of a status flip sent alone, frame and all", apart, 64),
                Bytes("delta on the wire, bytes of a status flip among others", together, 64),
                Bytes("delta on the wire, bytes of a new Spring-like instance", registered, 300),
                Times("delta on the wire, times that each change is sent", apart, together, registered),
            ],
            $"{Instances} instances; {Changes} changes of each kind, not packed; sent alone: the next change when the subscriber has the last."
        );
    }

    private static void Repeat(Action once)
    {
        for (int i = 0; i < Changes; i++)
        {
            once();
        }
    }

    private static void WriteTogether(FrameConnection writer, Func<int, byte[]> frame)
    {
        writer.Send([.. Enumerable.Range(0, Changes - 1).SelectMany(frame)]);
        writer.ReceiveAnswers(Changes - 1);
    }

    private static Figure Bytes(string name, Counted counted, int target) =>
        new(name, Spread.Exactly((double)counted.Bytes / counted.Changes), "B") { Ship = 512, Target = target };

    private static Figure Times(string name, params ReadOnlySpan<Counted> all)
    {
        double most = 0;
        foreach (Counted counted in all)
        {
            most = Math.Max(most, (double)counted.Changes / counted.Versions);
        }

        return new Figure(name, Spread.Exactly(most), "") { Ship = 1, Target = 1 };
    }

    /// <summary>What came in.</summary>
    private readonly record struct Counted(long Bytes, long Changes, long Versions);

    /// <summary>Takes its updates apart, counts, and refuses what is not the next version.</summary>
    private sealed class CountingSubscriber : IDisposable
    {
        private readonly FrameConnection _connection;
        private readonly ServiceNames _services = new();
        private ulong _version;
        private long _changes;

        public CountingSubscriber(FrameConnection connection, RegistryVersion since)
        {
            _connection = connection;
            _version = since.Number;
            connection.Send(FrameBytes.Watch(since));
        }

        public Counted Count(Action receive)
        {
            (long bytes, long changes, ulong version) = (_connection.ReceivedBytes, _changes, _version);
            receive();
            return new Counted(_connection.ReceivedBytes - bytes, _changes - changes, (long)(_version - version));
        }

        public void ReceiveUntil(RegistryVersion version)
        {
            while (_version < version.Number)
            {
                _connection.ReceiveAnswer(Take);
                _connection.Acknowledge(_version);
            }
        }

        public void Dispose() => _connection.Dispose();

        private bool Take(FrameHeader header, ReadOnlySpan<byte> payload)
        {
            var reader = new PayloadReader(payload);
            var kind = (UpdateKind)reader.Byte();
            ulong version = reader.Number();
            if (kind != UpdateKind.Changes)
            {
                throw new IOException($"The server sends {kind} where changes are due.");
            }

            for (; !reader.AtEnd && !reader.Failed; _changes++)
            {
                InstanceChange change = ChangeRecord.Read(ref reader, _services);
                _version = !reader.Failed && change.Version == _version + 1
                    ? change.Version
                    : throw new IOException($"Change {change.Version} comes behind version {_version}.");
            }

            return _version == version ? true : throw new IOException($"An update to version {version} ends at {_version}.");
        }
    }
}
