using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Links;

/// <summary>Something that waits for the frames with its correlation id.</summary>
internal abstract class Call
{
    /// <summary>A frame came. On the thread that reads the lane: returns at once, and throws nothing.</summary>
    /// <returns>True if it was the last: the id is free again.</returns>
    public abstract bool Take(in FrameHeader header, ReadOnlySpan<byte> payload);

    /// <summary>The last frame was taken: whoever waits goes on.</summary>
    /// <param name="isForgotten">False: the lane broke meanwhile, and <see cref="Fail"/> is called, or will be, on this object.</param>
    public virtual void End(bool isForgotten) { }

    /// <summary>No frame will come any more.</summary>
    public abstract void Fail(LinkException reason);
}
