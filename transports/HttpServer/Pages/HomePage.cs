using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.HttpServer.Pages;

/// <summary>The page that shows services and their instances by status, and what the guard says.</summary>
internal static class HomePage
{
    /// <summary>A page is for people: beyond this they ask by name.</summary>
    private const int ServicesShownMax = 500;

    /// <summary>Of one service. 500 services of 100 make a page of about 15 MB at worst, 1 MB usually.</summary>
    private const int InstancesShownMax = 100;

    public static byte[] Render(RegistryService registry)
    {
        RegistrySnapshot snapshot = registry.ReadSnapshot();
        var page = new HtmlWriter("Rollcall");
        WriteGuard(page, registry.Guard);
        WriteFacts(page, registry, snapshot);
        WritePeers(page, registry);
        page.Raw("<h2>Services</h2>");
        if (snapshot.ServiceCount == 0)
        {
            return page.Raw("<p>Nothing is registered.</p>").Finish();
        }

        page.Raw("<table><tr><th>Service</th><th class=\"number\">Instances</th><th>By status</th></tr>");
        foreach (ServiceEntry service in snapshot.Services().Take(ServicesShownMax))
        {
            WriteService(page, registry, snapshot, service);
        }

        page.Raw("</table>");
        WriteRest(page, snapshot.ServiceCount - ServicesShownMax, "services");
        return page.Finish();
    }

    private static void WriteGuard(HtmlWriter page, GuardState guard) =>
        page.Raw(guard.Engaged ? "<p class=\"note alarm\">" : "<p class=\"note\">").Text(guard.Summary).Raw("</p>");

    private static void WriteFacts(HtmlWriter page, RegistryService registry, RegistrySnapshot snapshot)
    {
        page.Raw("<p>").Number(snapshot.ServiceCount).Raw(" services, ").Number(snapshot.Count).Raw(" instances");
        for (InstanceStatus status = InstanceStatus.Up; status <= InstanceStatus.Unknown; status++)
        {
            int count = snapshot.Counts.Of(status);
            if (count > 0)
            {
                page.Raw(", ").Number(count).Raw(" ").Text(EurekaStatus.Text(status));
            }
        }

        TimeSpan up = registry.Now.SinceStart;
        page.Raw(". Version ")
            .Number((long)snapshot.Version)
            .Raw(", up ")
            .Text(up.ToString(up.Days > 0 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss"));
        page.Raw(".</p>");
    }

    private static void WritePeers(HtmlWriter page, RegistryService registry)
    {
        if (registry.Cluster is not { } cluster)
        {
            return;
        }

        if (registry.Warming is { } warming)
        {
            page.Raw("<p class=\"note alarm\">").Text(warming.Message).Raw("</p>");
        }

        page.Raw("<h2>Peers</h2><table><tr><th>Address</th><th>State</th><th class=\"number\">Behind</th></tr>");
        foreach (PeerReport peer in cluster.Report(registry.Now))
        {
            page.Raw("<tr><td>").Text(peer.Address).Raw("</td><td>").Text(peer.Why).Raw("</td><td class=\"number\">");
            if (peer.Progress is { } progress)
            {
                page.Number((long)progress.Lag).Raw(progress.Lag == 1 ? " change" : " changes");
            }

            page.Raw("</td></tr>");
        }

        page.Raw("</table>");
    }

    private static void WriteService(HtmlWriter page, RegistryService registry, RegistrySnapshot snapshot, ServiceEntry service)
    {
        page.Raw("<tr><td>").Text(service.Name.Text).Raw("</td><td class=\"number\">").Number(service.Count).Raw("</td><td>");
        IEnumerable<IGrouping<InstanceStatus, Instance>> byStatus = snapshot
            .InstancesOf(service.Name.Text)
            .Take(InstancesShownMax)
            .GroupBy(instance => instance.Status)
            .OrderBy(group => group.Key);
        foreach (IGrouping<InstanceStatus, Instance> group in byStatus)
        {
            page.Raw("<div><span class=\"status\">")
                .Text(EurekaStatus.Text(group.Key))
                .Raw("</span> ")
                .Number(group.Count())
                .Raw(": ");
            WriteInstances(page, registry, group);
            page.Raw("</div>");
        }

        WriteRest(page, service.Count - InstancesShownMax, "instances");
        page.Raw("</td></tr>");
    }

    private static void WriteInstances(HtmlWriter page, RegistryService registry, IEnumerable<Instance> instances)
    {
        string separator = "";
        foreach (Instance instance in instances)
        {
            page.Raw(separator).OwnLink("/v1/explain", instance.Service.Text, instance.Id, instance.Id);
            if (registry.IsProvisional(instance))
            {
                page.Raw(" (provisional)");
            }

            page.ForeignLink(instance.GetText(InstanceText.HomePageUrl), "home");
            page.ForeignLink(instance.GetText(InstanceText.StatusPageUrl), "info");
            separator = ", ";
        }
    }

    private static void WriteRest(HtmlWriter page, int rest, string what)
    {
        if (rest > 0)
        {
            page.Raw("<p>And ").Number(rest).Raw(" more ").Raw(what).Raw(".</p>");
        }
    }
}
