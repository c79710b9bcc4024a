using Rollcall.Core;
using Rollcall.Core.Model;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>What one round of repair leaves: both sides know the same, also where each knew a part better.</summary>
public sealed class RepairTests
{
    private readonly HandNodes _nodes = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_a_record_whose_content_one_side_knows_better_and_whose_override_the_other_both_have_all(bool contentAtTheLeader)
    {
        RegistryService leader = _nodes.New(1);
        RegistryService other = _nodes.New(2);
        HandNodes.Register(leader, "a");
        HandNodes.Give(leader, other, "a");
        _nodes.Pass(TimeSpan.FromSeconds(1), leader, other);
        (RegistryService content, RegistryService status) = contentAtTheLeader ? (leader, other) : (other, leader);
        HandNodes.Register(content, "a", port: 81);
        Assert.Null(status.SetStatus(HandNodes.Key("a"), InstanceStatus.OutOfService, status.Now).Error);

        HandRepair.Run(leader, other);

        Assert.Equal(HandNodes.ShownBy(leader), HandNodes.ShownBy(other));
        Instance record = Assert.Single(other.ReadSnapshot().Instances());
        Assert.Equal((81, InstanceStatus.OutOfService), (record.Port, record.Status));
    }
}
