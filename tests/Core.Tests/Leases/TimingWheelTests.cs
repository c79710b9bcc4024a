using Rollcall.Core.Leases;

namespace Rollcall.Core.Tests.Leases;

/// <summary>
/// The timing wheel against a sorted list: the same entries come out, each at its tick, whatever the order of calls.
/// </summary>
/// <remarks>The seed of a failing run is the theory's argument.</remarks>
public class TimingWheelTests
{
    private const int EntryCount = 300;

    public static TheoryData<int, uint> Runs
    {
        get
        {
            var runs = new TheoryData<int, uint>();
            for (int seed = 1; seed <= 12; seed++)
            {
                // From zero; shortly before each byte of the tick carries over; shortly before the count of ticks wraps.
                runs.Add(
                    seed,
                    seed % 4 == 0 ? 0u
                        : seed % 4 == 1 ? 0x0000_FF00u
                        : seed % 4 == 2 ? 0x00FF_FE00u
                        : 0xFFFF_FC00u
                );
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Entries_come_out_as_from_a_sorted_list(int seed, uint start)
    {
        var run = new Run(seed, start);
        for (int step = 0; step < 4_000; step++)
        {
            run.Step();
        }
    }

    [Fact]
    public void An_entry_of_every_distance_comes_out_at_its_tick()
    {
        foreach (
            uint distance in (uint[])[0, 1, 2, 255, 256, 257, 511, 65_535, 65_536, 65_537, 1_000_000, 16_777_215, 16_777_216]
        )
        {
            var wheel = new TimingWheel(0x00FF_FFF0);
            wheel.Schedule(7, wheel.Now + distance);
            int budget = int.MaxValue;
            if (distance > 0)
            {
                Assert.False(wheel.TryTake(wheel.Now + distance - 1, ref budget, out _), $"{distance} ticks: early");
            }

            Assert.True(wheel.TryTake(0x00FF_FFF0 + distance, ref budget, out int entry), $"{distance} ticks: not there");
            Assert.Equal((7, 0x00FF_FFF0 + distance, 0), (entry, wheel.Now, wheel.Count));
        }
    }

    [Fact]
    public void A_tick_that_has_passed_counts_as_now()
    {
        var wheel = new TimingWheel(1_000);
        wheel.Schedule(0, 17);
        int budget = 10;
        Assert.True(wheel.TryTake(1_000, ref budget, out int entry));
        Assert.Equal((0, 1_000u), (entry, wheel.Now));
    }

    [Fact]
    public void The_work_of_one_call_is_within_its_budget_and_the_next_goes_on()
    {
        var wheel = new TimingWheel(0);
        for (int entry = 0; entry < 10_000; entry++)
        {
            wheel.Schedule(entry, 70_000);
        }

        int taken = 0;
        int calls = 0;
        for (bool done = false; !done; calls++)
        {
            int budget = 256;
            int before = taken;
            while (wheel.TryTake(70_000, ref budget, out _))
            {
                taken++;
            }

            Assert.InRange(taken - before, 0, 256);
            done = budget > 0;
        }

        // Each entry moves down from level 2 to 1, from there to 0, and is taken: three times.
        Assert.Equal(10_000, taken);
        Assert.InRange(calls, 3 * 10_000 / 256, (3 * 10_000 / 256) + 3);
    }

    private sealed class Run(int seed, uint start)
    {
        private readonly Random _random = new(seed);
        private readonly TimingWheel _wheel = new(start);
        private readonly SortedSet<(long Due, int Entry)> _filed = [];
        private readonly Dictionary<int, long> _dueOf = [];

        // The list counts in 64 bits, so that it does not wrap where the wheel does.
        private long _now = start;

        public void Step()
        {
            int entry = _random.Next(EntryCount);
            if (_random.Next(4) == 0)
            {
                Advance();
            }
            else if (_dueOf.ContainsKey(entry) || _random.Next(8) == 0)
            {
                _wheel.Remove(entry);
                if (_dueOf.Remove(entry, out long due))
                {
                    _filed.Remove((due, entry));
                }
            }
            else
            {
                Schedule(entry);
            }

            Assert.Equal(_filed.Count, _wheel.Count);
            Assert.Equal((uint)_now, _wheel.Now);
        }

        private void Schedule(int entry)
        {
            long due = _now + Distance() - 3;
            _wheel.Schedule(entry, (uint)due);
            due = Math.Max(due, _now);
            _filed.Add((due, entry));
            _dueOf.Add(entry, due);
        }

        private long Distance() => _random.Next(1 << _random.Next(1, 22));

        private void Advance()
        {
            long until = _now + _random.Next(1 << _random.Next(1, 18));
            while (true)
            {
                int budget = _random.Next(1, 40);
                while (_wheel.TryTake((uint)until, ref budget, out int entry))
                {
                    long due = _dueOf[entry];
                    Assert.Equal(_filed.Min.Due, due);
                    Assert.Equal((uint)due, _wheel.Now);
                    _filed.Remove((due, entry));
                    _dueOf.Remove(entry);

                    // As a look does: what is taken is often filed anew while the wheel stands.
                    if (_random.Next(2) == 0)
                    {
                        _now = due;
                        Schedule(entry);
                    }
                }

                if (budget > 0)
                {
                    break;
                }
            }

            _now = until;
            Assert.True(_filed.Count == 0 || _filed.Min.Due > until, "something that is due stayed in the wheel");
        }
    }
}
