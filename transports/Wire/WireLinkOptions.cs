namespace Rollcall.Transports.Wire;

/// <summary>How a client speaks the wire. Immutable; each has a default.</summary>
public sealed record WireLinkOptions
{
    /// <summary>What the client shows.</summary>
    public WireCredentials Credentials { get; init; } = WireCredentials.None;

    /// <summary>What the client calls itself: for the server's log.</summary>
    public string Name { get; init; } = "";

    /// <summary>All lanes must be open, and their hello answered, after this long.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>False: asks for plain bytes.</summary>
    public bool AcceptPacked { get; init; } = true;

    /// <summary>A node that sends nothing for this long, though it was asked for a sign of life, is taken for gone.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest frame taken from a node.</summary>
    public int FrameBytesMax { get; init; } = 16_777_216;

    /// <summary>Longest snapshot or delta taken from a node, unpacked: 5 million instances of 200 bytes.</summary>
    public int MessageBytesMax { get; init; } = 1_073_741_824;
}
