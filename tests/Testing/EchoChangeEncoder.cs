using System.Buffers;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;

namespace Rollcall.Testing.Support;

/// <summary>The simplest format of changes that loses nothing: one line of JSON each. <see cref="Parse"/> reads it back.</summary>
public readonly struct EchoChangeEncoder : IChangeEncoder
{
    public void WriteChange(IBufferWriter<byte> output, in Change change) => Line(output, InstanceChange.Of(change));

    public void WriteLeft(IBufferWriter<byte> output, in Change change) => Line(output, InstanceChange.LeftBy(change));

    /// <summary>The changes in the bytes, which end at the end of a line.</summary>
    public static IReadOnlyList<InstanceChange> Parse(IEnumerable<ReadOnlyMemory<byte>> segments)
    {
        byte[] all = [.. segments.SelectMany(segment => segment.ToArray())];
        var changes = new List<InstanceChange>();
        for (int at = 0; at < all.Length;)
        {
            int length = all.AsSpan(at).IndexOf((byte)'\n');
            changes.Add(JsonSerializer.Deserialize<EchoChange>(all.AsSpan(at, length))!.ToChange());
            at += length + 1;
        }

        return changes;
    }

    private static void Line(IBufferWriter<byte> output, in InstanceChange change)
    {
        output.Write(JsonSerializer.SerializeToUtf8Bytes(EchoChange.Of(change)));
        output.Write("\n"u8);
    }

    // All but the record as it is; of the record what it is made of.
    private sealed record EchoChange(
        ulong Version,
        uint Number,
        ChangeKind Kind,
        ChangeCause Cause,
        WriteSource Source,
        long AtMs,
        Revision Revision,
        InstanceStatus OwnStatus,
        StatusOverride? Override,
        Registration? Registration,
        InstanceFacts? Facts
    )
    {
        public static EchoChange Of(in InstanceChange change) =>
            new(
                change.Version,
                change.Number,
                change.Kind,
                change.Cause,
                change.Source,
                change.AtMs,
                change.Revision,
                change.OwnStatus,
                change.Override,
                change.Record is null ? null : RegistrationBuilder.Like(change.Record),
                change.Record is null ? null : RegistrationBuilder.FactsOf(change.Record)
            );

        public InstanceChange ToChange() =>
            new(
                Version,
                Number,
                Kind,
                Cause,
                Source,
                AtMs,
                Revision,
                Registration is null ? null : Instance.Restore(new ServiceName(Registration.Service), Registration, Facts!.Value),
                OwnStatus,
                Override
            );
    }
}
