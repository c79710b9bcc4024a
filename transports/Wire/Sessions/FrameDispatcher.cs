using System.Buffers;
using System.Buffers.Binary;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>Finds the frames in what came in, and has each carried out.</summary>
/// <remarks>
/// <para>Owner: the loop of one session.</para>
/// <para>
/// Frames are read where they lie. Only one that lies across two segments is copied. Renewals by handle in a row are carried out
/// together, and before whatever comes behind them: the order of a client's requests is kept.
/// </para>
/// </remarks>
internal sealed class FrameDispatcher(WireServer server, Operations operations, FrameOutput output)
{
    /// <summary>Answers that wait are flushed before more requests are read: a request may have an answer that is much larger.</summary>
    private const int WaitingBytesMax = 256 * 1024;

    /// <summary>True if there may be whole frames left: they are read when what waits is flushed.</summary>
    public bool Paused { get; private set; }

    /// <summary>Carries out all whole frames in <paramref name="input"/>.</summary>
    /// <returns>Up to where it was read.</returns>
    public SequencePosition Dispatch(in ReadOnlySequence<byte> input, SessionScratch scratch)
    {
        MonotonicTime now = server.Registry.Now;
        ReadOnlySequence<byte> rest = input;
        Paused = false;
        while (!rest.IsEmpty)
        {
            rest = rest.Slice(DispatchSpan(rest.FirstSpan, now, scratch));
            if (operations.HasEnded || Paused || rest.IsSingleSegment || !TryMeasure(rest, now, scratch, out long length))
            {
                break;
            }

            DispatchSpan(scratch.Join(rest.Slice(0, length)), now, scratch);
            rest = rest.Slice(length);
        }

        CarryOutRenewals(now, scratch);
        return rest.Start;
    }

    /// <summary>Carries out the whole frames in one span.</summary>
    /// <returns>Bytes that they took.</returns>
    private int DispatchSpan(ReadOnlySpan<byte> bytes, MonotonicTime now, SessionScratch scratch)
    {
        int at = 0;
        while (bytes.Length - at >= FrameHeader.Size)
        {
            FrameHeader header = FrameHeader.Read(bytes[at..]);
            if (!Accepts(header, now, scratch))
            {
                break;
            }

            int end = at + FrameHeader.Size + (int)header.Length;
            if (end > bytes.Length)
            {
                break;
            }

            ReadOnlySpan<byte> payload = bytes[(at + FrameHeader.Size)..end];
            at = end;
            if (operations.IsRenewal(header))
            {
                scratch.Renewals.Add(new LeaseHandle(BinaryPrimitives.ReadUInt64LittleEndian(payload)), header.Correlation);
                if (!scratch.Renewals.IsFull)
                {
                    continue;
                }
            }

            CarryOutRenewals(now, scratch);
            if (!operations.IsRenewal(header))
            {
                operations.CarryOut(header, payload, now, scratch);
            }

            Paused = output.Waiting > WaitingBytesMax || operations.HasTooManyReads || operations.IsPeer;
            if (operations.HasEnded || Paused)
            {
                break;
            }
        }

        return at;
    }

    private void CarryOutRenewals(MonotonicTime now, SessionScratch scratch)
    {
        if (!scratch.Renewals.IsEmpty)
        {
            scratch.Renewals.CarryOut(server.Registry, now, output);
        }
    }

    // The length of the first frame; false if it is not all there.
    private bool TryMeasure(in ReadOnlySequence<byte> rest, MonotonicTime now, SessionScratch scratch, out long length)
    {
        length = 0;
        if (rest.Length < FrameHeader.Size)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[FrameHeader.Size];
        rest.Slice(0, FrameHeader.Size).CopyTo(bytes);
        FrameHeader header = FrameHeader.Read(bytes);
        length = FrameHeader.Size + header.Length;
        return Accepts(header, now, scratch) && rest.Length >= length;
    }

    // False: it is too long, and the session ends, with the answers to what came before.
    private bool Accepts(in FrameHeader header, MonotonicTime now, SessionScratch scratch)
    {
        if (header.Length <= (uint)operations.FrameBytesMax)
        {
            return true;
        }

        CarryOutRenewals(now, scratch);
        operations.EndOverLimit(header);
        return false;
    }
}
