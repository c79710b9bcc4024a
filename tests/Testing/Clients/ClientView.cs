namespace Rollcall.Testing.Support.Clients;

/// <summary>What a client took from one answer. A single application or instance is a view with one of them.</summary>
/// <param name="Version">The document's version; null if it shows none or the client does not read it.</param>
/// <param name="Hash">The document's hash; null if it shows none or the client does not read it.</param>
/// <param name="Apps">In the document's order.</param>
public sealed record ClientView(long? Version, string? Hash, IReadOnlyList<ClientApp> Apps)
{
    /// <summary>Every instance of every application, in the document's order.</summary>
    public IEnumerable<ClientInstance> Instances => Apps.SelectMany(app => app.Instances);

    /// <summary>The instance of this application with this id, or null.</summary>
    public ClientInstance? Find(string app, string id) =>
        Apps.Where(a => string.Equals(a.Name, app, StringComparison.OrdinalIgnoreCase))
            .SelectMany(a => a.Instances)
            .FirstOrDefault(i => i.Id == id);

    internal static ClientView Of(ClientApp app) => new(null, null, [app]);

    internal static ClientView Of(ClientInstance instance) => Of(new ClientApp(instance.App ?? "", [instance]));
}
