using Rollcall.Core.Seams;

namespace Rollcall.Client.Servers;

/// <summary>One node of the registry as an application names it: how to reach it, and where it is.</summary>
/// <param name="Name">For people, and one of its kind: <c>tcp://registry-1:8762</c>. Without credentials.</param>
/// <param name="Dial">Makes a link; the caller disposes of it.</param>
/// <param name="Zone">Where it is; null: unknown. Those of the client's zone are asked first.</param>
public sealed record RegistryServer(string Name, Func<CancellationToken, ValueTask<IRegistryLink>> Dial, string? Zone = null);
