using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;
using Rollcall.Core.Model;
using Rollcall.Load.Connections;
using Rollcall.Load.Driving;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Targets;

/// <summary>Row 18: what a subscriber costs the server while nothing changes.</summary>
internal static class IdleSubscribers
{
    private const int Instances = 1_000;
    private const int Services = 10;
    private const int AtATime = 1_500;
    private const int Repeats = 5;

    public static async Task<Measurement> MeasureAsync()
    {
        await using ServerUnderLoad server = await ServerUnderLoad.StartAsync();
        WireFleet fleet = await WireFleet.RegisterAsync(server.Tcp, Instances, Services);
        using var writer = new FrameConnection(server.Tcp);
        var flips = new StatusFlips(fleet);
        RegistryVersion version = writer.Write(flips.Next());
        var open = new List<Watcher>();
        try
        {
            var resident = new List<double>();
            var heap = new List<double>();
            long updated = 0;
            await AddAsync(); // what is made once for all
            for (int repeat = 0; repeat < Repeats; repeat++)
            {
                ProcessReading before = server.Process.Read(collect: true);
                await AddAsync();
                ProcessReading after = server.Process.Read(collect: true);
                resident.Add((double)(after.ResidentBytes - before.ResidentBytes) / AtATime);
                heap.Add((double)(after.HeapBytes - before.HeapBytes) / AtATime);
            }

            return new Measurement(
                [
                    new Figure("idle subscriber, resident memory of the server", Spread.Of(resident), "B") { Ship = 16 * 1024, Target = 4 * 1024 },
                    new Figure("idle subscriber, of it managed heap", Spread.Of(heap), "B"),
                ],
                $"{AtATime} subscribers to everything at a time, up to {open.Count}, each on a TCP connection of its own and sent one change before; "
                    + "after a full collection. The system's socket buffers are not the process's and not counted."
            );

            // Each has been sent a change, so that what the first update allocates is counted.
            async Task AddAsync()
            {
                for (int i = 0; i < AtATime; i++)
                {
                    open.Add(await Watcher.StartAsync(server.Tcp, version, _ => Interlocked.Increment(ref updated)));
                }

                long due = Interlocked.Read(ref updated) + open.Count;
                version = writer.Write(flips.Next());
                await Deadline.UntilAsync(
                    () => Interlocked.Read(ref updated) >= due,
                    () => $"{due} updates to {open.Count} subscribers; {Interlocked.Read(ref updated)} came"
                );
            }
        }
        finally
        {
            open.ForEach(watcher => watcher.Dispose());
        }
    }
}
