using Rollcall.Core.Model;

namespace Rollcall.Load.Connections;

/// <summary>Status flips of one instance after the other, out of service and back again: each of them changes something.</summary>
/// <remarks>Owner: one thread.</remarks>
internal sealed class StatusFlips(WireFleet fleet)
{
    private int _next;

    /// <summary>The next flip, as a frame.</summary>
    public byte[] Next()
    {
        int i = _next % fleet.Handles.Length;
        bool back = _next++ / fleet.Handles.Length % 2 == 1;
        InstanceStatus status = back ? InstanceStatus.Up : InstanceStatus.OutOfService;
        return FrameBytes.SetStatus(fleet.Fleet.Service(i), fleet.Fleet.Id(i), status);
    }
}
