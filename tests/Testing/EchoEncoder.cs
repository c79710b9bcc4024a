using System.Buffers;
using System.Globalization;
using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;

namespace Rollcall.Testing.Support;

/// <summary>The simplest format that loses nothing: one line per piece. <see cref="EchoDocument"/> reads it back.</summary>
/// <remarks>
/// Shape of the lines: <c>H…</c> head, <c>S</c> service, <c>I</c> instance, <c>;</c> between instances, <c>E</c> end of service,
/// <c>,</c> between services, <c>T…</c> tail.
/// </remarks>
/// <param name="hideRenewals">Writes 0 for the last renewal, the one thing that depends on when bytes were made.</param>
public readonly struct EchoEncoder(bool hideRenewals) : ISnapshotEncoder
{
    public void WriteHead(IBufferWriter<byte> output, in DocumentHead head) => Line(output, "H" + Words(head));

    public void WriteTail(IBufferWriter<byte> output, in DocumentHead head) => Line(output, "T" + Words(head));

    public void OpenService(IBufferWriter<byte> output, ServiceName service)
    {
        ArgumentNullException.ThrowIfNull(service);
        Line(output, "S" + Uri.EscapeDataString(service.Text));
    }

    public void CloseService(IBufferWriter<byte> output) => Line(output, "E");

    public void WriteServiceSeparator(IBufferWriter<byte> output) => Line(output, ",");

    public void WriteInstanceSeparator(IBufferWriter<byte> output) => Line(output, ";");

    public void WriteInstance(IBufferWriter<byte> output, in InstanceView view) =>
        Line(
            output,
            string.Create(
                CultureInfo.InvariantCulture,
                $"I{view.Kind}|{(hideRenewals ? 0 : view.LastRenewalMs)}|{view.RemovedAtMs}|{Portrait.Of(view.Instance)}"
            )
        );

    private static string Words(in DocumentHead head)
    {
        StatusCounts counts = head.Counts;
        string of = string.Join(' ', Enum.GetValues<InstanceStatus>().Select(status => counts.Of(status)));
        return string.Create(CultureInfo.InvariantCulture, $"{head.Kind}|{head.Version}|{of}|{head.Sequence}");
    }

    private static void Line(IBufferWriter<byte> output, string line)
    {
        Encoding.UTF8.GetBytes(line, output);
        output.Write("\n"u8);
    }
}
