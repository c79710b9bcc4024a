using System.Buffers;
using System.Text;
using Rollcall.Transports.Wire.Compression;

namespace Rollcall.Transports.Wire.Frames;

/// <summary>The version of the protocol spoken here.</summary>
/// <remarks>
/// A major version is another language. A newer minor one may append fields to hello and know more operations; each side speaks
/// the lower of the two minor ones.
/// </remarks>
internal static class WireVersion
{
    public const byte Major = 1;
    public const byte Minor = 0;

    /// <summary>The first bytes of every lane's first payload.</summary>
    public static ReadOnlySpan<byte> Magic => "RCWP"u8;
}

/// <summary>What a lane is for. On that of a peer another language is spoken behind the hello; on the others it is only for people.</summary>
internal enum LaneRole : byte
{
    /// <summary>Everything.</summary>
    All = 0,

    /// <summary>Renewals and writes.</summary>
    Writes = 1,

    /// <summary>Reads.</summary>
    Reads = 2,

    /// <summary>Watches.</summary>
    Watches = 3,

    /// <summary>A node of the same cluster.</summary>
    Peer = 4,
}

/// <summary>What a client says first.</summary>
/// <param name="Major">Its major version; of another one than ours nothing else is read.</param>
/// <param name="Minor">Its minor version.</param>
/// <param name="Packings">What it can unpack.</param>
/// <param name="Role">What the lane is for.</param>
/// <param name="Name">For logs.</param>
/// <param name="Kind">Which credentials.</param>
/// <param name="User">Of a password; else empty.</param>
/// <param name="Secret">Token or password; else empty.</param>
internal readonly record struct HelloRequest(
    byte Major,
    byte Minor,
    PackingSet Packings,
    LaneRole Role,
    string Name,
    CredentialKind Kind,
    string User,
    string Secret
)
{
    public static bool TryRead(ReadOnlySpan<byte> payload, out HelloRequest hello)
    {
        var reader = new PayloadReader(payload);
        hello = default;
        bool magic = reader.Bytes(WireVersion.Magic.Length).SequenceEqual(WireVersion.Magic);
        byte major = reader.Byte();
        byte minor = reader.Byte();
        if (!magic || reader.Failed)
        {
            return false;
        }

        if (major != WireVersion.Major)
        {
            hello = new HelloRequest(major, minor, default, default, "", default, "", "");
            return true;
        }

        hello = new HelloRequest(
            major,
            minor,
            (PackingSet)reader.Byte(),
            (LaneRole)reader.Byte(),
            reader.Text(),
            (CredentialKind)reader.Byte(),
            reader.Text(),
            reader.Text()
        );
        return minor > WireVersion.Minor ? !reader.Failed : reader.AtEnd;
    }

    public void Write(IBufferWriter<byte> output)
    {
        output.Write(WireVersion.Magic);
        output.WriteByte(Major);
        output.WriteByte(Minor);
        output.WriteByte((byte)Packings);
        output.WriteByte((byte)Role);
        output.WriteText(Name);
        output.WriteByte((byte)Kind);
        output.WriteText(User);
        output.WriteText(Secret);
    }

    // A record would print the secret.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(Name);
        return true;
    }
}

/// <summary>What a server answers.</summary>
/// <param name="Major">Its major version.</param>
/// <param name="Minor">Its minor version.</param>
/// <param name="Packing">What it will pack with.</param>
/// <param name="Epoch">Boot epoch: all versions on this lane are of this boot.</param>
/// <param name="FrameBytesMax">Longest payload of a request.</param>
/// <param name="HandlesPerFrameMax">Most handles in one frame.</param>
/// <param name="UnacknowledgedBytesMax">See <see cref="WireOptions.UnacknowledgedBytesMax"/>.</param>
/// <param name="UnacknowledgedUpdatesMax">See <see cref="WireOptions.UnacknowledgedUpdatesMax"/>.</param>
/// <param name="IdleTimeoutMs">The client must send something within this long.</param>
internal readonly record struct HelloAnswer(
    byte Major,
    byte Minor,
    Packing Packing,
    ulong Epoch,
    uint FrameBytesMax,
    uint HandlesPerFrameMax,
    uint UnacknowledgedBytesMax,
    uint UnacknowledgedUpdatesMax,
    uint IdleTimeoutMs
)
{
    public static HelloAnswer Read(ref PayloadReader reader)
    {
        var answer = new HelloAnswer(
            reader.Byte(),
            reader.Byte(),
            (Packing)reader.Byte(),
            reader.Fixed64(),
            reader.Number32(),
            reader.Number32(),
            reader.Number32(),
            reader.Number32(),
            reader.Number32()
        );
        if (answer.Major == WireVersion.Major && answer.Minor > WireVersion.Minor)
        {
            reader.Skip(); // what a newer one appended
        }

        return answer;
    }

    public void Write(IBufferWriter<byte> output)
    {
        output.WriteByte(Major);
        output.WriteByte(Minor);
        output.WriteByte((byte)Packing);
        output.WriteFixed64(Epoch);
        output.WriteNumber(FrameBytesMax);
        output.WriteNumber(HandlesPerFrameMax);
        output.WriteNumber(UnacknowledgedBytesMax);
        output.WriteNumber(UnacknowledgedUpdatesMax);
        output.WriteNumber(IdleTimeoutMs);
    }
}
