using Rollcall.Core.Replication;

namespace Rollcall.Bench.Fleet;

/// <summary>What went over some lines. Bytes with frame headers, not packed.</summary>
/// <param name="Messages">Messages.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Records">Records in them.</param>
/// <param name="RecordBytes">Bytes of messages that carry records.</param>
/// <param name="RenewalBytes">Bytes of renewals.</param>
internal readonly record struct BenchTraffic(long Messages, long Bytes, long Records, long RecordBytes, long RenewalBytes)
{
    /// <summary>One message.</summary>
    public static BenchTraffic Of(PeerMessage message, int bytes)
    {
        int records = message switch
        {
            FeedBatch batch => batch.States.Count,
            ItemsAnswer answer => answer.States.Count,
            ItemsPush push => push.States.Count,
            _ => 0,
        };
        return new BenchTraffic(1, bytes, records, records > 0 ? bytes : 0, message is RenewSet ? bytes : 0);
    }

    public static BenchTraffic operator +(BenchTraffic a, BenchTraffic b) =>
        new(
            a.Messages + b.Messages,
            a.Bytes + b.Bytes,
            a.Records + b.Records,
            a.RecordBytes + b.RecordBytes,
            a.RenewalBytes + b.RenewalBytes
        );
}
