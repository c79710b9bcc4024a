using Rollcall.Bench.Pairing;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Bench.Fleet;

/// <summary>The full document in gzip JSON of one registry: brought up to date after a change, read, and encoded without a cache.</summary>
internal sealed class DocumentArms
{
    private readonly FleetRegistry _registry;
    private readonly EurekaJsonEncoder _encoder = new(compact: false);
    private readonly EncodedSnapshotCache<EurekaJsonEncoder> _cache;

    /// <summary>Over <paramref name="registry"/>; makes the document.</summary>
    public DocumentArms(FleetRegistry registry)
    {
        _registry = registry;
        _cache = new(registry.Registry, _encoder);
        Full();
    }

    /// <summary>Bytes that the encoder wrote since the start.</summary>
    public long EncodedBytes => _cache.EncodedBytes;

    /// <summary>The document, up to date.</summary>
    public EncodedDocument Full() => _cache.Full(_registry.Registry.ReadSnapshot(), DocumentCoding.Gzip);

    /// <summary>Status overrides set, and in the next pass cleared, on random instances; the document is read after each.</summary>
    public Arm Changes(int changes)
    {
        var keys = new PackedKeys(FleetRegistry.Shuffled(_registry.Handles.Length).Take(changes).Select(_registry.Fleet.Key), changes);
        InstanceStatus status = InstanceStatus.Unknown;
        return new Arm(
            $"one change at {_registry.Handles.Length:N0} instances",
            changes,
            (from, to) =>
            {
                long seen = 0;
                for (int i = from; i < to; i++)
                {
                    WriteResult written = _registry.Registry.SetStatus(
                        new InstanceKey(keys.Service(i), keys.Id(i)),
                        status,
                        _registry.Now
                    );
                    seen += Full().Version == written.Version ? 1 : 0;
                }

                return seen;
            },
            changes
        )
        {
            ChunkSize = 10,
            Prepare = () => status = status == InstanceStatus.Unknown ? InstanceStatus.OutOfService : InstanceStatus.Unknown,
        };
    }

    /// <summary>The document copied through a buffer as a socket would take it; an operation is the whole document.</summary>
    public Arm Read()
    {
        byte[] buffer = new byte[64 * 1024];
        return new Arm(
            "full read, warm",
            1,
            (_, _) =>
            {
                long copied = 0;
                foreach (ReadOnlyMemory<byte> segment in Full())
                {
                    for (ReadOnlyMemory<byte> rest = segment; !rest.IsEmpty;)
                    {
                        int at = (int)(copied % buffer.Length);
                        int length = Math.Min(rest.Length, buffer.Length - at);
                        rest.Span[..length].CopyTo(buffer.AsSpan(at));
                        rest = rest[length..];
                        copied += length;
                    }
                }

                return copied;
            },
            Full().Length
        );
    }

    /// <summary>Control: the same document encoded and compressed for the request.</summary>
    public Arm EncodePerRequest() =>
        new(
            "encode and gzip per request",
            1,
            (_, _) => WholeDocument.EncodeAndCompress(_registry.Registry, _registry.Registry.ReadSnapshot(), _encoder),
            WholeDocument.PlainLength(Full())
        );

    /// <summary>True if the cached document, unpacked, is byte for byte what encoding it whole gives.</summary>
    public bool IsTrue()
    {
        using var whole = new MemoryStream();
        WholeDocument.Encode(_registry.Registry, _registry.Registry.ReadSnapshot(), _encoder, whole);
        return WholeDocument.Plain(Full()).Span.SequenceEqual(whole.GetBuffer().AsSpan(0, (int)whole.Length));
    }
}
