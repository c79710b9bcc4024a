using System.Buffers;
using System.Text.Json;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;

namespace Rollcall.Transports.Http.V1;

/// <summary>Writes <c>/v1</c>'s documents: whatever was asked for, services with their instances, on one line with its end.</summary>
/// <param name="epoch">Boot epoch of the node: a version is nothing without it.</param>
public readonly struct V1Encoder(ulong epoch) : ISnapshotEncoder
{
    /// <inheritdoc/>
    public void WriteHead(IBufferWriter<byte> output, in DocumentHead head)
    {
        Utf8JsonWriter json = V1Json.Compact(output);
        json.WriteStartObject();
        json.WriteString(V1Member.Kind.Name(), V1Words.Of(UpdateKind.Snapshot));
        json.WriteString(V1Member.Version.Name(), new RegistryVersion(epoch, head.Version).ToString());
        json.WriteStartArray(V1Member.Services.Name());
        json.Flush();
    }

    /// <inheritdoc/>
    public void WriteTail(IBufferWriter<byte> output, in DocumentHead head) => output.Write("]}\n"u8);

    /// <inheritdoc/>
    public void OpenService(IBufferWriter<byte> output, ServiceName service)
    {
        Utf8JsonWriter json = V1Json.Compact(output);
        json.WriteStartObject();
        json.WriteString(V1Member.Service.Name(), service.Utf8);
        json.WriteStartArray(V1Member.Instances.Name());
        json.Flush();
    }

    /// <inheritdoc/>
    public void CloseService(IBufferWriter<byte> output) => output.Write("]}"u8);

    /// <inheritdoc/>
    public void WriteServiceSeparator(IBufferWriter<byte> output) => output.Write(","u8);

    /// <inheritdoc/>
    public void WriteInstanceSeparator(IBufferWriter<byte> output) => output.Write(","u8);

    /// <inheritdoc/>
    public void WriteInstance(IBufferWriter<byte> output, in InstanceView view)
    {
        Utf8JsonWriter json = V1Json.Compact(output);
        V1Writer.WriteInstance(json, view.Instance, named: false);
        json.Flush();
    }
}

/// <summary>Writes one change of <c>/v1</c> as an element of an array, with a comma before it: of the first in an array it is left out.</summary>
public readonly struct V1ChangeEncoder : IChangeEncoder
{
    /// <summary>What stands before the first change of an update.</summary>
    public static void WriteHead(IBufferWriter<byte> output, RegistryVersion version)
    {
        Utf8JsonWriter json = V1Json.Compact(output);
        json.WriteStartObject();
        json.WriteString(V1Member.Kind.Name(), V1Words.Of(UpdateKind.Changes));
        json.WriteString(V1Member.Version.Name(), version.ToString());
        json.WriteStartArray(V1Member.Changes.Name());
        json.Flush();
    }

    /// <summary>What stands behind the last.</summary>
    public static ReadOnlyMemory<byte> Tail { get; } = "]}\n"u8.ToArray();

    /// <summary>An update without changes.</summary>
    public static void WriteProgress(IBufferWriter<byte> output, RegistryVersion version)
    {
        Utf8JsonWriter json = V1Json.Compact(output);
        json.WriteStartObject();
        json.WriteString(V1Member.Kind.Name(), V1Words.Of(UpdateKind.Progress));
        json.WriteString(V1Member.Version.Name(), version.ToString());
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    /// <inheritdoc/>
    public void WriteChange(IBufferWriter<byte> output, in Change change) => Write(output, change.Record, InstanceChange.Of(change));

    /// <inheritdoc/>
    public void WriteLeft(IBufferWriter<byte> output, in Change change) => Write(output, change.Record, InstanceChange.LeftBy(change));

    private static void Write(IBufferWriter<byte> output, Instance record, in InstanceChange change)
    {
        output.Write(","u8);
        Utf8JsonWriter json = V1Json.Compact(output);
        V1Writer.WriteChange(json, record, change);
        json.Flush();
    }
}
