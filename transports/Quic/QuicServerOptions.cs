using Rollcall.Core;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Quic;

/// <summary>Where the QUIC adapter listens, and its limits. Immutable; each has a default; ranges are in <see cref="Rules"/>.</summary>
public sealed record QuicServerOptions
{
    /// <summary>
    /// Where to listen (UDP): an IP address, <c>localhost</c> or <c>*</c>; a port, 0 for any free one. On an address of loopback the
    /// library binds every address of the machine; the adapter then refuses whoever does not come from this machine.
    /// </summary>
    public string Address { get; init; } = "127.0.0.1:8762";

    /// <summary>Most connections at a time; one more is closed at once.</summary>
    public int ConnectionsMax { get; init; } = 20_000;

    /// <summary>Most lanes that a connection may have open at a time. A link uses three.</summary>
    public int LanesMax { get; init; } = 8;

    /// <summary>A handshake must be complete after this long, and a lane be open after as long again.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection from which nothing arrives for this long is gone. Clients say that they are there in time.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The range of every option, by name: the one place that knows.</summary>
    public static IReadOnlyList<OptionRule<QuicServerOptions>> Rules { get; } =
    [
        new("Address", o => o.Address, ListenAddress.Form, o => ListenAddress.TryParse(o.Address, out _)),
        new("ConnectionsMax", o => o.ConnectionsMax, 1, 10_000_000, "connections"),
        new("LanesMax", o => o.LanesMax, 3, 1_000, "lanes"),
        new("HandshakeTimeout", o => o.HandshakeTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        new("IdleTimeout", o => o.IdleTimeout, TimeSpan.FromSeconds(30), TimeSpan.FromDays(1)),
    ];

    /// <summary>True if nobody beyond this machine can connect. False also if <see cref="Address"/> cannot be read.</summary>
    public bool IsLoopback => ListenAddress.TryParse(Address, out ListenAddress? address) && address.IsLoopback;

    /// <summary>All that is wrong with these options, at once; empty if they are good.</summary>
    public IReadOnlyList<OptionProblem> Validate() => Rules.Check(this);
}
