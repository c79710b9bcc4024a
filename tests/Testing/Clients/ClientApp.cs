namespace Rollcall.Testing.Support.Clients;

/// <summary>An application as a client holds it.</summary>
/// <param name="Name">As the document names it.</param>
/// <param name="Instances">In the document's order.</param>
public sealed record ClientApp(string Name, IReadOnlyList<ClientInstance> Instances);
