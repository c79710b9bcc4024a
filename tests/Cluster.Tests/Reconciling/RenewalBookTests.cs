using Rollcall.Core;
using Rollcall.Core.Replication;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>Which sets of renewals came already is remembered of the homes heard last, and of no others.</summary>
public sealed class RenewalBookTests
{
    private const int HomesMax = 1_024;

    [Fact]
    public void Homes_that_a_peer_makes_up_take_no_memory_and_leave_those_that_speak()
    {
        var nodes = new HandNodes();
        RegistryService registry = nodes.New(1);
        var book = new RenewalBook(registry, registry.Options.Cluster!);
        for (ulong batch = 1; batch <= 5 * HomesMax; batch++)
        {
            Assert.True(book.TryApply(new RenewSet((uint)(1_000 + batch), 1, 1, default), registry.Now, out _));
            if (batch % 100 == 0)
            {
                Assert.True(book.TryApply(new RenewSet(2, 1, batch, default), registry.Now, out _));
                Assert.False(book.TryApply(new RenewSet(2, 1, batch, default), registry.Now, out _), "it was passed on already");
            }
        }

        Assert.Equal(HomesMax, book.HomesHeard);
    }
}
