using Rollcall.Core.Watching;

namespace Rollcall.Transports.Wire.Frames;

/// <summary>What an update begins with: its kind, and the version that the receiver has after it.</summary>
internal static class UpdateHead
{
    /// <summary>Most bytes it takes.</summary>
    public const int SizeMax = 11;

    /// <summary>Puts it at the beginning of <paramref name="bytes"/>; returns its length.</summary>
    public static int Put(Span<byte> bytes, UpdateKind kind, ulong version)
    {
        bytes[0] = (byte)kind;
        return 1 + PayloadWriter.PutNumber(bytes[1..], version);
    }

    /// <summary>The bytes of one.</summary>
    public static byte[] Of(UpdateKind kind, ulong version)
    {
        Span<byte> bytes = stackalloc byte[SizeMax];
        return bytes[..Put(bytes, kind, version)].ToArray();
    }
}
