using Rollcall.Core;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Tcp;

/// <summary>Where the TCP adapter listens, and its limits. Immutable; each has a default; ranges are in <see cref="Rules"/>.</summary>
public sealed record TcpServerOptions
{
    /// <summary>Where to listen: an IP address, <c>localhost</c> or <c>*</c>; a port, 0 for any free one.</summary>
    public string Address { get; init; } = "127.0.0.1:8762";

    /// <summary>Most connections at a time; one more is closed at once.</summary>
    public int ConnectionsMax { get; init; } = 100_000;

    /// <summary>Connections that the system may keep for us until they are accepted; it may have a lower limit of its own.</summary>
    public int Backlog { get; init; } = 1_024;

    /// <summary>A TLS handshake must be complete after this long.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A connection that is silent for this long is asked by the system whether it is still there, and closed 30 s later if it is not.
    /// </summary>
    public TimeSpan KeepAliveTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The range of every option, by name: the one place that knows.</summary>
    public static IReadOnlyList<OptionRule<TcpServerOptions>> Rules { get; } =
    [
        new("Address", o => o.Address, ListenAddress.Form, o => ListenAddress.TryParse(o.Address, out _)),
        new("ConnectionsMax", o => o.ConnectionsMax, 1, 10_000_000, "connections"),
        new("Backlog", o => o.Backlog, 1, 65_535, "connections"),
        new("HandshakeTimeout", o => o.HandshakeTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        new("KeepAliveTime", o => o.KeepAliveTime, TimeSpan.FromSeconds(1), TimeSpan.FromHours(9)),
    ];

    /// <summary>True if nobody beyond this machine can connect. False also if <see cref="Address"/> cannot be read.</summary>
    public bool IsLoopback => ListenAddress.TryParse(Address, out ListenAddress? address) && address.IsLoopback;

    /// <summary>All that is wrong with these options, at once; empty if they are good.</summary>
    public IReadOnlyList<OptionProblem> Validate() => Rules.Check(this);
}
