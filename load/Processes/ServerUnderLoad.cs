using System.Net;
using Rollcall.Transports.Quic;

namespace Rollcall.Load.Processes;

/// <summary>The server as it ships, in a process of its own, on ports of the system's choice on loopback.</summary>
internal sealed class ServerUnderLoad : IAsyncDisposable
{
    private const string ReadyPrefix = "Rollcall ready";
    private const string AnyPort = "127.0.0.1:0";
    private const string AnyHttp = "http://" + AnyPort;

    private readonly IReadOnlyList<string> _addresses;

    private ServerUnderLoad(ProgramProcess process)
    {
        Process = process;
        _addresses =
        [
            .. process
                .ReadyLine.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
                .Where(word => word.Contains("://", StringComparison.Ordinal)),
        ];
    }

    public ProgramProcess Process { get; }

    /// <summary>Where it listens for HTTP.</summary>
    public Uri Http => AddressOf("http");

    /// <summary>Where it listens for TCP.</summary>
    public IPEndPoint Tcp => IPEndPoint.Parse(AddressOf("tcp").Authority);

    /// <summary>Where it listens for a scheme.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public Uri AddressOf(string scheme) =>
        _addresses.FirstOrDefault(address => IsOf(address, scheme)) is { } found
            ? new Uri(found)
            : throw new InvalidOperationException($"The server does not listen for {scheme}; it said: {Process.ReadyLine}");

    /// <summary>Builds the server if it is not there, and starts it.</summary>
    public static async Task<ServerUnderLoad> StartAsync(params IEnumerable<string> arguments) =>
        new(
            await ProgramProcess.StartAsync(
                "the server",
                await ServerProgram.LocateAsync(),
                ReadyPrefix,
                ["--http", AnyHttp, "--tcp", AnyPort, "--quic", QuicSupport.IsSupported ? AnyPort : "off", .. arguments]
            )
        );

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static bool IsOf(string address, string scheme) => address.StartsWith(scheme + "://", StringComparison.Ordinal);
}
