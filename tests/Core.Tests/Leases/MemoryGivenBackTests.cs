using Rollcall.Core.Leases;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Core.Tests.Leases;

public class MemoryGivenBackTests(ITestOutputHelper output)
{
    private const int Instances = 100_000;

    [Fact]
    public void When_all_leases_have_ended_most_of_their_memory_is_given_back_and_their_handles_stay_refused()
    {
        // The journal holds on to what it remembers: here, to little.
        var under = new SteppedRegistry(SteppedRegistry.Unguarded with { ChangeRingCapacity = 64, HistoryCapacity = 1 });
        var handles = new LeaseHandle[Instances];
        long empty = Held();
        for (int i = 0; i < Instances; i++)
        {
            handles[i] = under.Register($"service-{i % 50}", $"host-{i:000000}.example:8080", TimeSpan.FromSeconds(10)).Handle;
        }

        long full = Held() - empty;
        under.Pass(TimeSpan.FromSeconds(12));
        Assert.Equal(0, under.Registry.ReadSnapshot().Count);
        long left = Held() - empty;
        output.WriteLine($"{full / Instances} bytes an instance while they are there, {left / Instances} when they are gone");
        Assert.InRange(left, long.MinValue, full / 4);

        for (int i = 0; i < Instances; i += 2)
        {
            under.Register("again", $"other-{i}");
        }

        Assert.DoesNotContain(handles, under.Renew);
    }

    private static long Held() => GC.GetTotalMemory(forceFullCollection: true);
}
