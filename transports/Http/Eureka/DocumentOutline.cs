using System.Text;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>What a document says about itself: its version and its hash.</summary>
internal static class DocumentOutline
{
    // Of a full document; of one by virtual address, which clients must never take for a base of deltas.
    private const long FullVersion = 1;
    private const long VipVersion = -1;

    /// <summary>Writes version and hash.</summary>
    public static void WriteAbout<TSink>(ref TSink sink, in DocumentHead head)
        where TSink : struct, IMemberSink, allows ref struct
    {
        sink.NumberAsText(Member.VersionsDelta, VersionOf(head));
        sink.Text(Member.AppsHashcode, Encoding.UTF8.GetBytes(AppsHash.Of(head.Counts)));
    }

    private static long VersionOf(in DocumentHead head) =>
        head.Kind switch
        {
            DocumentKind.Full => FullVersion,
            DocumentKind.Delta => head.Sequence,
            _ => VipVersion,
        };
}
