using System.Buffers;
using System.Buffers.Binary;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>Renewals by handle that came one behind the other, carried out together: the registry then fetches leases ahead.</summary>
/// <remarks>
/// <para>Owner: one session while it works on what one read brought; pooled by the server between.</para>
/// <para>Shape: room for <see cref="Capacity"/> renewals; 16 bytes each.</para>
/// </remarks>
internal sealed class RenewalBatch
{
    /// <summary>Renewals carried out together at most: the prefetching needs a dozen, more only spread the fixed cost.</summary>
    public const int Capacity = 512;

    private const string UnknownHandle = "No lease has this handle, or it has ended. Register again.";

    private readonly LeaseHandle[] _handles = new LeaseHandle[Capacity];
    private readonly uint[] _correlations = new uint[Capacity];
    private readonly int[] _unknown = new int[Capacity];
    private int _count;

    /// <summary>True if nothing waits.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>True if no more fit.</summary>
    public bool IsFull => _count == Capacity;

    /// <summary>Adds a renewal.</summary>
    public void Add(LeaseHandle handle, uint correlation)
    {
        _handles[_count] = handle;
        _correlations[_count++] = correlation;
    }

    /// <summary>Renews all that wait and answers each.</summary>
    public void CarryOut(RegistryService registry, MonotonicTime now, FrameOutput output)
    {
        int unknown = registry.Renew(_handles.AsSpan(0, _count), now, _unknown);
        int done = 0;
        foreach (int position in _unknown.AsSpan(0, unknown))
        {
            Confirm(output, done, position);
            output.Error(_correlations[position], WireErrorCode.UnknownHandle, UnknownHandle);
            done = position + 1;
        }

        Confirm(output, done, _count);
        _count = 0;
    }

    /// <summary>Renews all of one frame, whatever their number; names those that are unknown, each as its distance from the one before.</summary>
    public void CarryOut(
        RegistryService registry,
        ReadOnlySpan<byte> handles,
        MonotonicTime now,
        IBufferWriter<byte> unknownPositions
    )
    {
        int next = 0; // the position behind the last one named
        for (int start = 0; !handles.IsEmpty; start += Capacity)
        {
            int count = Math.Min(Capacity, handles.Length / sizeof(ulong));
            for (int i = 0; i < count; i++)
            {
                _handles[i] = new LeaseHandle(BinaryPrimitives.ReadUInt64LittleEndian(handles[(i * sizeof(ulong))..]));
            }

            int unknown = registry.Renew(_handles.AsSpan(0, count), now, _unknown);
            foreach (int position in _unknown.AsSpan(0, unknown))
            {
                unknownPositions.WriteNumber((ulong)(start + position - next));
                next = start + position + 1;
            }

            handles = handles[(count * sizeof(ulong))..];
        }
    }

    private void Confirm(FrameOutput output, int from, int to)
    {
        if (from == to)
        {
            return;
        }

        Span<byte> room = output.Room((to - from) * FrameHeader.Size);
        int at = 0;
        foreach (uint correlation in _correlations.AsSpan(from, to - from))
        {
            new FrameHeader(0, Opcode.Renew, FrameFlags.Answer, correlation).Write(room[at..]);
            at += FrameHeader.Size;
        }

        output.Advance(at);
    }
}
