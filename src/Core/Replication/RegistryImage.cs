namespace Rollcall.Core.Replication;

/// <summary>
/// What a node writes to its file (<see cref="RegistryService.ReadImage"/>), and takes back when it starts again
/// (<see cref="RegistryService.Restore"/>).
/// </summary>
/// <remarks>
/// <para>
/// Owner: whoever encodes it, on any thread, while the registry goes on. <see cref="States"/> is read once, from front to back; each
/// key is told as it is when it is reached: with its own revision, its override (a cleared one too) and its home. The home matters: a
/// node that has not been restarted meanwhile is still one, and its renewals are known by it.
/// </para>
/// <para>Cost: reading takes the lock of a stripe for one key at a time; for the ends once per stripe.</para>
/// </remarks>
/// <param name="ClusterId"><see cref="ClusterOptions.ClusterId"/>; empty: the registry stood alone.</param>
/// <param name="Node">The node.</param>
/// <param name="Clock">Its hybrid logical clock: what it says after the start is to be later than what it said before.</param>
/// <param name="WrittenAtMs">Milliseconds since 1970.</param>
/// <param name="Count">How many live instances there were when the reading began: about as many states, and those of ends.</param>
/// <param name="States">Live instances, then ends.</param>
public sealed record RegistryImage(
    string ClusterId,
    uint Node,
    ulong Clock,
    long WrittenAtMs,
    int Count,
    IEnumerable<KeyedState> States
);

/// <summary>What became of an image.</summary>
/// <param name="Error">Why nothing of it was taken; null: it was.</param>
/// <param name="Restored">Live instances, provisional until somebody renews them.</param>
/// <param name="Left">Instances left out because the registry is full.</param>
public readonly record struct RestoreResult(RegistryError? Error, int Restored = 0, int Left = 0);
