using Rollcall.Core.Seams;

namespace Rollcall.Client.Servers;

/// <summary>One node of the registry as an application names it: how to reach it, and where it is.</summary>
/// <param name="Name">For people, and one of its kind: <c>tcp://registry-1:8762</c>. Without credentials.</param>
/// <param name="Dial">Makes a link; the caller disposes of it.</param>
/// <param name="Zone">Where it is; null: unknown. Those of the client's zone are asked first.</param>
public sealed record RegistryServer(string Name, Func<CancellationToken, ValueTask<IRegistryLink>> Dial, string? Zone = null)
{
    /// <summary>A node with several addresses: the first that works is taken, each time anew.</summary>
    /// <param name="name">See <see cref="Name"/>.</param>
    /// <param name="addresses">All its attempts together must fit into <see cref="ClientOptions.TryLimit"/>.</param>
    /// <param name="zone">See <see cref="Zone"/>.</param>
    public static RegistryServer Of(string name, FirstReachable addresses, string? zone = null) =>
        new(name, async cancellation => (await addresses.OpenAsync(cancellation)).Link, zone);
}
