using Rollcall.Core.Replication;
using Rollcall.Testing.Support.SimCluster;
using Xunit.Abstractions;

namespace Rollcall.Cluster.Tests.Simulating;

/// <summary>The checkers bite: mistakes made on purpose in the code that ships are found, each within a few seeds.</summary>
public sealed class PlantedFaultTests(ITestOutputHelper output)
{
    private const int SeedsMax = 60;

    [Theory]
    [InlineData(nameof(PlantedFaults.EndForgotten))]
    [InlineData(nameof(PlantedFaults.DigestMissesRemovals))]
    [InlineData(nameof(PlantedFaults.BatchAcknowledgedUnapplied))]
    [InlineData(nameof(PlantedFaults.LastWriterWins))]
    [InlineData(nameof(PlantedFaults.RenewSetsNotForwarded))]
    [InlineData(nameof(PlantedFaults.NoTimeForTheHome))]
    [InlineData(nameof(PlantedFaults.ReadsOpenAtOnce))]
    [InlineData(nameof(PlantedFaults.WrongEndStands))]
    [InlineData(nameof(PlantedFaults.ClearIsForgotten))]
    [InlineData(nameof(PlantedFaults.WindowIgnored))]
    [InlineData(nameof(PlantedFaults.HomesNotAsked))]
    public void A_planted_fault_is_found(string fault)
    {
        for (int seed = 1; seed <= SeedsMax; seed++)
        {
            try
            {
                SimChaos.Run(seed, Enum.Parse<PlantedFaults>(fault));
            }
            catch (SimFailureException failure)
            {
                output.WriteLine($"{fault}: {failure.Message.Split('\n')[0]}");
                return;
            }
        }

        Assert.Fail($"{fault} was not found by {SeedsMax} seeds");
    }
}
