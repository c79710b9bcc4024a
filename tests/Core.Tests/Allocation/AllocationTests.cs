using Rollcall.Core.Model;
using Rollcall.Testing.Support;
using Xunit.Abstractions;

namespace Rollcall.Core.Tests.Allocation;

/// <summary>The hot paths allocate exactly what <c>bench/allocation-budget.json</c> says: nothing.</summary>
public class AllocationTests(ITestOutputHelper output)
{
    public static TheoryData<string> Budget => [.. AllocationBudget.Lines.Keys];

    [ReleaseTheory]
    [MemberData(nameof(Budget))]
    public void A_call_allocates_exactly_its_budget(string member)
    {
        (long bytes, int calls) = new MeasuredCalls().Measure(member);
        output.WriteLine($"{member}: {bytes} bytes in {calls} calls");
        Assert.Equal(AllocationBudget.Lines[member] * calls, bytes);
    }

    [Fact]
    public void Every_line_of_the_budget_is_measured_and_nothing_else_is() =>
        Assert.Equal(
            AllocationBudget.Lines.Keys.Order(StringComparer.Ordinal),
            new MeasuredCalls().Names.Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_measure_sees_a_single_byte_array()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        GC.KeepAlive(new byte[1]);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() > before);
    }

    /// <summary>The same writes to two registries, one of which has listeners: raising <see cref="RegistryService.Published"/> is free.</summary>
    [ReleaseTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Listeners_cost_a_write_no_byte(int listeners)
    {
        long alone = BytesOfWrites(0, out _);
        long heard = BytesOfWrites(listeners, out int raised);
        Assert.Equal(alone, heard);
        Assert.Equal(listeners * 1_000, raised);
    }

    private static long BytesOfWrites(int listeners, out int raised)
    {
        var under = new SteppedRegistry(SteppedRegistry.Unguarded);
        under.Register("orders", "i-1");
        int count = 0;
        for (int i = 0; i < listeners; i++)
        {
            under.Registry.Published += () => count++;
        }

        long bytes = 0;
        for (int round = 0; round < 8; round++)
        {
            count = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1_000; i++)
            {
                under.SetStatus("orders", "i-1", i % 2 == 0 ? InstanceStatus.Down : InstanceStatus.OutOfService);
            }

            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        raised = count;
        return bytes;
    }

    /// <summary>Publishing makes new nodes, so it allocates by design; said here, not bounded.</summary>
    [Fact]
    public void What_expiry_and_registration_cost_with_their_publication_is_said()
    {
        const int count = 2_000;
        var under = new SteppedRegistry(SteppedRegistry.Unguarded);
        for (int round = 0; round < 3; round++)
        {
            Registration[] all = [.. RegistrationBuilder.Many("orders", count, TimeSpan.FromSeconds(1))];
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (Registration registration in all)
            {
                under.Register(registration);
            }

            long registered = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(count, under.Pass(TimeSpan.FromSeconds(2)).Expired);
            long expired = GC.GetAllocatedBytesForCurrentThread();
            output.WriteLine(
                $"round {round}: {(registered - before) / count} bytes a registration, published one by one; "
                    + $"{(expired - registered) / count} bytes an expiry, published in portions"
            );
        }
    }
}
