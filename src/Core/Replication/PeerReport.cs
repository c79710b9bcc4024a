using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>A peer as this node sees it: what became of the address that was configured, and the link, whoever dialled it.</summary>
/// <param name="Address">As configured; of a peer that came by itself: where it comes from.</param>
/// <param name="IsConfigured">False of a peer that came by itself.</param>
/// <param name="Node">Its id; null: it never said it.</param>
/// <param name="State">What became of it.</param>
/// <param name="Why">For people.</param>
/// <param name="Since">In this state since.</param>
/// <param name="SucceededAt">When there was a link last; null: never.</param>
/// <param name="Progress">How far it has been told; null: there is no link, and it is no server of another kind.</param>
/// <param name="Link">The link; null: there is none.</param>
public sealed record PeerReport(
    string Address,
    bool IsConfigured,
    uint? Node,
    PeerState State,
    string Why,
    MonotonicTime Since,
    MonotonicTime? SucceededAt,
    PeerProgress? Progress,
    PeerView? Link
)
{
    /// <summary>The configured peers in their order, then those that came by themselves.</summary>
    internal static IReadOnlyList<PeerReport> Of(IReadOnlyList<PeerContact> contacts, IReadOnlyList<PeerView> links, MonotonicTime now)
    {
        var rest = links.Where(link => link.Established).ToList();
        var reports = new List<PeerReport>();
        foreach (PeerContact contact in contacts)
        {
            PeerContactView view = contact.View;
            PeerView? link = rest.Find(link => link.Node is { } node && node == view.Node);
            rest.RemoveAll(other => other == link);
            reports.Add(link is null ? Unlinked(view, contact.Progress?.Invoke(now)) : Linked(view.Address, true, link, now));
        }

        reports.AddRange(rest.Select(link => Linked(link.Path?.Address ?? "", false, link, now)));
        return reports;
    }

    private static PeerReport Unlinked(PeerContactView view, PeerProgress? progress) =>
        new(view.Address, true, view.Node, view.State, view.Why, view.Since, view.SucceededAt, progress, null);

    private static PeerReport Linked(string address, bool configured, PeerView link, MonotonicTime now) =>
        new(address, configured, link.Node, PeerState.Linked, $"linked with node {link.Node:x}", link.Since, now, link.Progress, link);
}

/// <summary>How far a peer has been told what changed here.</summary>
/// <param name="Lag">Changes that it has not acknowledged, in versions of this node.</param>
/// <param name="Behind">How long ago the oldest of them came to be.</param>
/// <param name="BatchesSent">Batches of changes sent; to a Java server, answered by it.</param>
/// <param name="BatchesUnderWay">Batches not acknowledged.</param>
/// <param name="BytesSent">Bytes sent.</param>
/// <param name="BytesReceived">Bytes received.</param>
public readonly record struct PeerProgress(
    ulong Lag,
    TimeSpan Behind,
    long BatchesSent,
    int BatchesUnderWay,
    long BytesSent,
    long BytesReceived
);
