namespace Rollcall.Transports.Wire.Frames;

/// <summary>What a frame says about itself. Bits that are not here are refused.</summary>
[Flags]
internal enum FrameFlags : byte
{
    /// <summary>A request that is one frame.</summary>
    None = 0,

    /// <summary>From the server: it belongs to the request with this correlation id.</summary>
    Answer = 1,

    /// <summary>The message goes on in the next frame with this correlation id.</summary>
    More = 2,

    /// <summary>The payload is a row of packed chunks.</summary>
    Packed = 4,

    /// <summary>The last frame of the lane: whoever sent it closes.</summary>
    Last = 8,

    /// <summary>All that are known.</summary>
    Known = Answer | More | Packed | Last,
}
