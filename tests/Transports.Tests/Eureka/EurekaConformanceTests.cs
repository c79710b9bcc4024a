using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Transports.Http;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Tests.Conformance;

namespace Rollcall.Transports.Tests.Eureka;

/// <summary>The parts of the suite that a link over Eureka's protocol can keep, against our own server.</summary>
/// <remarks>
/// <para>The others need what Eureka does not tell:</para>
/// <list type="bullet">
/// <item>the registry's versions, in answers to writes, in reads, deltas and watches;</item>
/// <item>handles, and so all that renews by them;</item>
/// <item>acknowledgements;</item>
/// <item>each change by itself, with its cause and source: a poll tells the last record of each instance;</item>
/// <item>own status beside an override, text that is empty beside text that is absent, zone, region and weight beside metadata;</item>
/// <item>the registry's own words on a refusal of an unknown instance: Eureka's 404 is empty.</item>
/// </list>
/// <para>What such a link does instead is in <see cref="EurekaLinkTests"/>, against Java's server and ours.</para>
/// </remarks>
[ConformanceParts(
    nameof(When_the_server_stops_links_and_watches_end_and_say_so),
    nameof(A_link_that_is_disposed_of_ends_its_watches_and_refuses_calls),
    nameof(A_call_that_is_cancelled_before_it_starts_does_nothing),
    nameof(A_caller_without_good_credentials_gets_nothing_and_no_secret_is_repeated),
    nameof(The_address_of_a_link_names_no_secret)
)]
public sealed class EurekaConformanceTests : ConformanceSuite
{
    protected override IServerTransport Serve(AccessPolicy policy) =>
        new HttpServerTransport(new HttpServerOptions { Url = "http://127.0.0.1:0" }, access: policy);

    protected override async ValueTask<IRegistryLink> DialAsync(IServerTransport server, string? token, CancellationToken cancellation) =>
        await EurekaLink.ConnectAsync(
            new Uri($"eureka+{server.Addresses[0]}/eureka"),
            new EurekaLinkOptions { Http = new HttpLinkOptions { Token = token }, PollInterval = TimeSpan.FromMilliseconds(20) },
            cancellation
        );
}
