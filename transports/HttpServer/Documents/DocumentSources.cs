using Rollcall.Core;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.HttpServer.Documents;

/// <summary>The four sources: JSON and XML, full and compact.</summary>
internal sealed class DocumentSources(RegistryService registry)
{
    private readonly DocumentSource[] _sources =
    [
        new DocumentSource<EurekaXmlEncoder>(registry, new EurekaXmlEncoder(compact: false)),
        new DocumentSource<EurekaXmlEncoder>(registry, new EurekaXmlEncoder(compact: true)),
        new DocumentSource<EurekaJsonEncoder>(registry, new EurekaJsonEncoder(compact: false)),
        new DocumentSource<EurekaJsonEncoder>(registry, new EurekaJsonEncoder(compact: true)),
    ];

    public DocumentSource this[Variant variant] => _sources[(variant.Json ? 2 : 0) + (variant.Compact ? 1 : 0)];

    /// <summary>Gives back the bytes of forms that nobody asked for lately.</summary>
    public void Trim()
    {
        foreach (DocumentSource source in _sources)
        {
            source.Trim();
        }
    }
}
