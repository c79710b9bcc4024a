using System.Net;
using Microsoft.AspNetCore.Http;
using Rollcall.Core.Seams;
using Rollcall.Interop.Tests.Links;

namespace Rollcall.Interop.Tests.Gateways;

/// <summary>A registry and a gateway in processes of their own, and a way to ask both.</summary>
internal sealed class GatewayBench : IAsyncDisposable
{
    private GatewayBench(ServerProcess registry, ProgramProcess gateway, IRegistryLink link, HttpClient http)
    {
        Registry = registry;
        Gateway = gateway;
        Link = link;
        Http = http;
    }

    public ServerProcess Registry { get; }

    public ProgramProcess Gateway { get; }

    public IRegistryLink Link { get; }

    /// <summary>To the gateway; does not follow redirections.</summary>
    public HttpClient Http { get; }

    public static async Task<GatewayBench> StartAsync(string scheme, params string[] arguments)
    {
        ServerProcess registry = await ServerProcess.StartAsync(scheme == "quic" ? ["--quic", "127.0.0.1:0"] : []);
        ProgramProcess gateway = ProgramProcess.Gateway(
            ["--registry", registry.AddressOf(scheme).OriginalString, "--listen", "http://127.0.0.1:0", .. arguments]
        );
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = await gateway.ReadyAsync(), Timeout = Wait.Deadline };
        return new GatewayBench(registry, gateway, await Dial.OpenAsync(registry, "tcp"), http);
    }

    /// <summary>An instance of a service, registered; the caller disposes of it.</summary>
    public async Task<Backend> ServeAsync(string service, string id, RequestDelegate answer, string? zone = null)
    {
        Backend backend = await Backend.StartAsync(answer);
        await backend.RegisterAsync(Link, service, id, zone);
        return backend;
    }

    /// <summary>Waits until a request through the gateway gets an answer with this status.</summary>
    public Task AnswersAsync(string path, HttpStatusCode status)
    {
        HttpStatusCode last = default;
        return Wait.UntilAsync(
            async () =>
            {
                using HttpResponseMessage response = await Http.GetAsync(new Uri(path, UriKind.Relative));
                return (last = response.StatusCode) == status;
            },
            () => $"{(int)status} of {path}; it was {(int)last}"
        );
    }

    /// <summary>The text of an answer, which has this status.</summary>
    public async Task<string> AskAsync(HttpRequestMessage request, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await Http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode}: {text}");
        return text;
    }

    public Task<string> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK) => AskAsync(new(HttpMethod.Get, path), expected);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Link.DisposeAsync();
        await Gateway.DisposeAsync();
        await Registry.DisposeAsync();
    }
}
