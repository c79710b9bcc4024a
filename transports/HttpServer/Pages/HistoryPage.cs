using Rollcall.Core;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Http.V1;
using Rollcall.Transports.HttpServer.Handlers;

namespace Rollcall.Transports.HttpServer.Pages;

/// <summary>The page with the last registrations, cancellations and expiries and their causes.</summary>
internal static class HistoryPage
{
    /// <summary>Of each kind, whatever <see cref="RegistryOptions.HistoryCapacity"/> keeps.</summary>
    private const int ShownMax = 1_000;

    public static byte[] Render(RegistryService registry)
    {
        RegistryHistory history = registry.History();
        var page = new HtmlWriter("Rollcall: last events");
        Write(page, "Registered", history.Registered);
        Write(page, "Cancelled", history.Cancelled);
        Write(page, "Expired", history.Expired);
        return page.Finish();
    }

    private static void Write(HtmlWriter page, string title, IReadOnlyList<Change> changes)
    {
        page.Raw("<h2>").Text(title).Raw("</h2>");
        if (changes.Count == 0)
        {
            page.Raw("<p>None.</p>");
            return;
        }

        page.Raw("<table><tr><th>When (UTC)</th><th>Instance</th><th>Cause</th><th>By</th></tr>");
        foreach (Change change in changes.Take(ShownMax))
        {
            string service = change.Record.Service.Text;
            page.Raw("<tr><td>").Text(Wording.Time(change.AtMs)).Raw("</td><td>");
            page.OwnLink("/v1/explain", service, change.Record.Id, $"{service}/{change.Record.Id}").Raw("</td><td>");
            page.Text(V1Words.Of(change.Cause)).Raw("</td><td>").Text(Wording.SourceOf(change) ?? "").Raw("</td></tr>");
        }

        page.Raw("</table>");
    }
}
