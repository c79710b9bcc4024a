using Rollcall.Testing.Support.JavaEureka;
using Rollcall.Transports.Http;
using Rollcall.Transports.Tests.Server;

namespace Rollcall.Transports.Tests.Eureka;

/// <summary>Whose server a link over Eureka's protocol talks to.</summary>
public enum OtherSideKind
{
    Spring,
    Netflix,
    Rollcall,
}

/// <summary>A server that speaks Eureka's protocol, and how to reach it.</summary>
internal sealed class OtherSide : IAsyncDisposable
{
    private readonly JavaEurekaServer? _java;
    private readonly HttpFixture? _ours;
    private readonly List<EurekaLink> _links = [];

    private OtherSide(JavaEurekaServer? java, HttpFixture? ours)
    {
        _java = java;
        _ours = ours;
    }

    public JavaEurekaServer Java => _java ?? throw new InvalidOperationException("This is no Java server.");

    public static async Task<OtherSide> StartAsync(OtherSideKind kind) =>
        kind switch
        {
            OtherSideKind.Spring => new(JavaEurekaServer.Started(), null),
            OtherSideKind.Netflix => new(JavaEurekaServer.Started(new() { BasePath = "/eureka/v2", EnforcesGzip = true }), null),
            _ => new(null, await HttpFixture.StartAsync()),
        };

    public static OtherSide Of(JavaEurekaServer java) => new(java, null);

    public async Task<EurekaLink> DialAsync(TimeSpan? pollInterval = null, TimeProvider? time = null)
    {
        Uri address = _java?.Address ?? new Uri($"eureka+http://{_ours!.EndPoint}/eureka");
        var options = new EurekaLinkOptions { PollInterval = pollInterval ?? TimeSpan.FromMilliseconds(20), Time = time ?? TimeProvider.System };
        EurekaLink link = await EurekaLink.ConnectAsync(address, options);
        _links.Add(link);
        return link;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (EurekaLink link in _links)
        {
            await link.DisposeAsync();
        }

        if (_java is not null)
        {
            await _java.DisposeAsync();
        }

        if (_ours is not null)
        {
            await _ours.DisposeAsync();
        }
    }
}
