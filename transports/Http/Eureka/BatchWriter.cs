using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Writes a replication batch as Java's servers send it, and nothing more: one member that they do not know is a batch refused.</summary>
internal static class BatchWriter
{
    /// <summary>Writes the items, in order.</summary>
    /// <param name="output">Receives the bytes.</param>
    /// <param name="items">What is told.</param>
    /// <param name="lastRenewalMs">When the lease of a record was renewed last, milliseconds since 1970.</param>
    public static void Write(IBufferWriter<byte> output, IReadOnlyList<JavaItem> items, Func<Instance, long> lastRenewalMs)
    {
        var sink = new JsonSink(output);
        sink.OpenObject();
        sink.OpenArray(Member.ReplicationList);
        foreach (JavaItem item in items)
        {
            sink.Separate();
            sink.OpenObject();
            Write(ref sink, item, lastRenewalMs);
            sink.CloseObject();
        }

        sink.CloseArray();
        sink.CloseObject();
        sink.Flush();
    }

    private static void Write(ref JsonSink sink, in JavaItem item, Func<Instance, long> lastRenewalMs)
    {
        Instance record = item.Record;
        sink.Text(Member.AppName, record.Service.Utf8);
        sink.Text(Member.Id, record.IdUtf8);
        if (item.Verb != JavaVerb.Cancel)
        {
            sink.Number(Member.LastDirtyTimestamp, record.ClientStamp);
            sink.Text(Member.Status, EurekaStatus.Utf8(item.Verb == JavaVerb.SetStatus ? record.Override!.Status : record.Status));
        }

        if (item.Verb == JavaVerb.Renew && record.Override is { } overriding)
        {
            sink.Text(Member.OverriddenStatus, EurekaStatus.Utf8(overriding.Status));
        }

        if (item.Verb == JavaVerb.Register)
        {
            sink.Open(Member.InstanceInfo);
            InstanceOutline.Write(ref sink, new InstanceView(record, record.LastChange, lastRenewalMs(record), 0), compact: false);
            sink.Close(Member.InstanceInfo);
        }

        sink.Text(Member.Action, ActionOf(item.Verb));
    }

    private static ReadOnlySpan<byte> ActionOf(JavaVerb verb) =>
        verb switch
        {
            JavaVerb.Renew => "Heartbeat"u8,
            JavaVerb.Register => "Register"u8,
            JavaVerb.Cancel => "Cancel"u8,
            JavaVerb.SetStatus => "StatusUpdate"u8,
            _ => "DeleteStatusOverride"u8,
        };
}
