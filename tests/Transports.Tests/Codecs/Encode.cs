using System.Buffers;
using System.Text;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Tests.Codecs;

/// <summary>Documents of a registry as text, through the cache that the server sends from.</summary>
internal static class Encode
{
    public static EurekaJsonEncoder Json => new(compact: false);

    public static EurekaJsonEncoder CompactJson => new(compact: true);

    public static EurekaXmlEncoder Xml => new(compact: false);

    public static EurekaXmlEncoder CompactXml => new(compact: true);

    public static string Full<TEncoder>(RegistryService registry, TEncoder encoder)
        where TEncoder : struct, ISnapshotEncoder =>
        Text(Cache(registry, encoder).Full(registry.ReadSnapshot(), DocumentCoding.Plain));

    public static string Service<TEncoder>(RegistryService registry, string name, TEncoder encoder)
        where TEncoder : struct, ISnapshotEncoder =>
        Text(Cache(registry, encoder).Service(registry.ReadSnapshot(), name, DocumentCoding.Plain)!);

    public static string Vip<TEncoder>(RegistryService registry, string vip, TEncoder encoder)
        where TEncoder : struct, ISnapshotEncoder =>
        Text(Cache(registry, encoder).Vip(registry.ReadSnapshot(), vip, secure: false, DocumentCoding.Plain));

    public static string Delta<TEncoder>(RegistryService registry, TEncoder encoder)
        where TEncoder : struct, ISnapshotEncoder =>
        Text(Cache(registry, encoder).Delta(registry.ReadSnapshot(), registry.Now, DocumentCoding.Plain)!);

    public static byte[] JsonInstance(InstanceView view) => Bytes(output => Json.WriteSingleInstance(output, view));

    public static byte[] XmlInstance(InstanceView view) => Bytes(output => Xml.WriteSingleInstance(output, view));

    public static InstanceView View(RegistryService registry, Instance instance) =>
        new(instance, instance.LastChange, registry.LastRenewalMs(instance), RemovedAtMs: 0);

    public static byte[] Bytes(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    private static EncodedSnapshotCache<TEncoder> Cache<TEncoder>(RegistryService registry, TEncoder encoder)
        where TEncoder : struct, ISnapshotEncoder => new(registry, encoder);

    private static string Text(EncodedDocument document) => Encoding.UTF8.GetString(EchoDocument.Bytes(document));
}
