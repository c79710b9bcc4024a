using Rollcall.Core.Model;
using Rollcall.Load.Clusters;
using Rollcall.Load.Connections;

namespace Rollcall.Load.Targets;

/// <summary>Statuses that are set on either side of a cut, of other instances on each, and what then must be on every node.</summary>
/// <remarks>Owner: one row.</remarks>
internal sealed class SplitChanges : IDisposable
{
    private const int AtOnce = 256;
    private const int CheckedPerSide = 100;

    // From one instance to the next: so they are of all services.
    private const int Step = 97;

    private static readonly (InstanceStatus Status, string Name)[] s_marks = [(InstanceStatus.OutOfService, "OUT_OF_SERVICE"), (InstanceStatus.Up, "UP")];

    private readonly WireFleet _fleet;
    private readonly int _perSide;
    private readonly FrameConnection[] _sides;
    private int _turn;

    public SplitChanges(ClusterMember one, ClusterMember other, WireFleet fleet, int perSide)
    {
        _fleet = fleet;
        _perSide = perSide;
        _sides = [new FrameConnection(one.Server.Tcp), new FrameConnection(other.Server.Tcp)];
    }

    /// <summary>How many instances differ between the sides once they were changed.</summary>
    public int Count => 2 * _perSide;

    /// <summary>Sets the status of each on its side so often; in the end it is another than before.</summary>
    public Task ChangeAsync(int times)
    {
        int turns = times | 1; // there and back again would be no change
        (int first, _turn) = (_turn, _turn + turns);
        return Task.WhenAll(
            _sides.Select((connection, side) => Task.Factory.StartNew(() => Change(connection, side, first, turns), TaskCreationOptions.LongRunning))
        );
    }

    /// <summary>Looks at some of them on every node.</summary>
    /// <exception cref="InvalidOperationException">One is not as it was set.</exception>
    public async Task CheckAsync(IReadOnlyList<ClusterMember> members)
    {
        string expected = s_marks[(_turn - 1) % s_marks.Length].Name;
        for (int i = 0; i < _perSide; i += Math.Max(1, _perSide / CheckedPerSide))
        {
            foreach (int instance in new[] { InstanceOf(0, i), InstanceOf(1, i) })
            {
                foreach (ClusterMember member in members)
                {
                    string? status = await member.StatusOfAsync(_fleet.Fleet.Service(instance), _fleet.Fleet.Id(instance));
                    if (status != expected)
                    {
                        throw new InvalidOperationException($"{_fleet.Fleet.Id(instance)} is {status ?? "gone"} on a node, and was set to {expected}");
                    }
                }
            }
        }
    }

    public void Dispose() => Array.ForEach(_sides, side => side.Dispose());

    private int InstanceOf(int side, int i) => (int)(((2L * i) + side) * Step % _fleet.Handles.Length);

    private void Change(FrameConnection connection, int side, int firstTurn, int turns)
    {
        for (int turn = firstTurn; turn < firstTurn + turns; turn++)
        {
            InstanceStatus status = s_marks[turn % s_marks.Length].Status;
            for (int from = 0; from < _perSide; from += AtOnce)
            {
                int many = Math.Min(AtOnce, _perSide - from);
                connection.Send([.. Enumerable.Range(from, many).SelectMany(i => Frame(InstanceOf(side, i), status))]);
                connection.ReceiveAnswers(many);
            }
        }
    }

    private byte[] Frame(int instance, InstanceStatus status) => FrameBytes.SetStatus(_fleet.Fleet.Service(instance), _fleet.Fleet.Id(instance), status);
}
