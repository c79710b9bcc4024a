namespace Rollcall.Testing.Support.Clients;

/// <summary>Every client that there is a model of.</summary>
public static class KnownClients
{
    /// <summary>One reader each; Java and fargo once per format.</summary>
    public static IReadOnlyList<IClientReader> All { get; } =
    [
        new SpringStrictReader(),
        new LegacyJavaJsonReader(),
        new LegacyJavaXmlReader(),
        new SteeltoeReader(),
        new NodeReader(),
        new PrometheusReader(),
        new PythonReader(),
        new FargoJsonReader(),
        new FargoXmlReader(),
    ];

    /// <summary>Those that read this format and ask for this document.</summary>
    public static IEnumerable<IClientReader> For(WireFormat format, ClientDocument document) =>
        All.Where(client => client.Format == format && client.AsksFor(document));
}
