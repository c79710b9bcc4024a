using System.Net;
using Rollcall.Core.Seams;
using Rollcall.Load.Processes;
using Rollcall.Transports.Http;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;

namespace Rollcall.Load.Scenarios;

/// <summary>The server that a scenario drives, and links to it.</summary>
internal sealed class LoadTarget : IAsyncDisposable
{
    private readonly ServerUnderLoad? _server;
    private readonly Uri _address;

    private LoadTarget(ServerUnderLoad? server, Uri address)
    {
        _server = server;
        _address = address;
    }

    /// <summary>The process, if it was started here: only then its memory and CPU are known.</summary>
    public ProgramProcess? Process => _server?.Process;

    /// <summary>Where it listens for TCP.</summary>
    public IPEndPoint Tcp => _server?.Tcp ?? IPEndPoint.Parse(_address.Authority);

    /// <summary>Starts a server, or takes the one that was named.</summary>
    public static async Task<LoadTarget> StartAsync(ScenarioSettings settings, IReadOnlyList<string> serverFlags)
    {
        if (settings.Target is { } address)
        {
            return new LoadTarget(null, address);
        }

        ServerUnderLoad server = await ServerUnderLoad.StartAsync(serverFlags);
        return new LoadTarget(server, server.AddressOf(settings.Transport));
    }

    /// <summary>A new link.</summary>
    public Task<IRegistryLink> ConnectAsync() => ConnectAsync(_address);

    /// <summary>A link by address: <c>http://</c>, <c>tcp://</c> or <c>quic://</c>.</summary>
    public static async Task<IRegistryLink> ConnectAsync(Uri address) =>
        address.Scheme switch
        {
            "http" => await HttpLink.ConnectAsync(address),
            "tcp" => await ConnectAsync(new TcpDialer(new TcpDialerOptions { Host = address.Host, Port = address.Port })),
            "quic" => await ConnectAsync(
                new QuicDialer(new QuicDialerOptions { Host = address.Host, Port = address.Port, TrustLoopback = true })
            ),
            _ => throw new FormatException($"--transport {address.Scheme}: there are http, tcp and quic."),
        };

    private static async Task<IRegistryLink> ConnectAsync(IWireDialer dialer) =>
        await WireLink.ConnectAsync(dialer, new WireLinkOptions { Name = "load" }, CancellationToken.None);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
