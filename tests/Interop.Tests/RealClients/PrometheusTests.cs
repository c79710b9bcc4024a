using Rollcall.Interop.Tests.Calls;

namespace Rollcall.Interop.Tests.RealClients;

/// <summary>The unmodified Prometheus against the real server: XML without an Accept header, read by Go's decoder.</summary>
public sealed class PrometheusTests
{
    [PrometheusFact]
    public async Task Prometheus_discovers_what_registers_with_all_labels_and_forgets_what_leaves()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        using EurekaCalls calls = new(server.BaseUrl);
        await calls.RegisterAsync(SampleInstances.Rich("ORDERS", "h1:orders:8080"));
        await calls.RegisterAsync(SampleInstances.Amazon("CLOUD", "i-123"));
        await using PrometheusProcess prometheus = PrometheusProcess.Start(new Uri(server.BaseUrl, "eureka/v2"));

        var targets = await prometheus.DiscoversAsync("h1:orders:8080", "i-123");

        IReadOnlyDictionary<string, string> orders = targets["h1:orders:8080"];
        Assert.Equal("h1.example:8080", orders["__address__"]);
        Assert.Equal("ORDERS", orders["__meta_eureka_app_name"]);
        Assert.Equal("UP", orders["__meta_eureka_app_instance_status"]);
        Assert.Equal("orders,orders-v2", orders["__meta_eureka_app_instance_vip_address"]);
        Assert.Equal("8080", orders["__meta_eureka_app_instance_port"]);
        Assert.Equal("true", orders["__meta_eureka_app_instance_secure_port_enabled"]);
        Assert.Equal("49", orders["__meta_eureka_app_instance_country_id"]);
        Assert.Equal("http://h1.example:8080/?a=1&b=<2>", orders["__meta_eureka_app_instance_homepage_url"]);
        Assert.Equal("8081", orders["__meta_eureka_app_instance_metadata_management_port"]);
        Assert.Equal("x", orders["__meta_eureka_app_instance_metadata_zone__a"]);
        IReadOnlyDictionary<string, string> cloud = targets["i-123"];
        Assert.Equal("Amazon", cloud["__meta_eureka_app_instance_datacenterinfo_name"]);
        Assert.Equal("us-east-1a", cloud["__meta_eureka_app_instance_datacenterinfo_metadata_availability_zone"]);

        await calls.CancelAsync("ORDERS", "h1:orders:8080");
        await prometheus.DiscoversAsync("i-123");
        await calls.CancelAsync("CLOUD", "i-123");
        await prometheus.DiscoversAsync();
    }
}
