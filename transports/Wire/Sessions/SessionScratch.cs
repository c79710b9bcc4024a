using System.Buffers;
using Microsoft.Extensions.ObjectPool;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>What a session needs while it works on what woke it, and lends from its server so that idle sessions own nothing of it.</summary>
internal sealed class SessionScratch : IResettable
{
    // What an unusual frame needed is not kept.
    private const int KeptBytesMax = 64 * 1024;

    private byte[] _frame = [];

    /// <summary>Renewals gathered from one read.</summary>
    public RenewalBatch Renewals { get; } = new();

    /// <summary>The payload of an answer that is being put together.</summary>
    public ArrayBufferWriter<byte> Payload { get; private set; } = new(1_024);

    /// <summary>Changes that a watch is to get.</summary>
    public List<ReadOnlyMemory<byte>> Segments { get; } = new(16);

    /// <summary>The beginning of a sequence in one piece.</summary>
    public ReadOnlySpan<byte> Join(in ReadOnlySequence<byte> bytes)
    {
        int length = (int)bytes.Length;
        if (_frame.Length < length)
        {
            _frame = new byte[Math.Max(length, 4_096)];
        }

        bytes.CopyTo(_frame);
        return _frame.AsSpan(0, length);
    }

    /// <inheritdoc/>
    public bool TryReset()
    {
        Segments.Clear();
        if (Payload.Capacity > KeptBytesMax)
        {
            Payload = new ArrayBufferWriter<byte>(1_024);
        }

        Payload.ResetWrittenCount();
        if (_frame.Length > KeptBytesMax)
        {
            _frame = [];
        }

        return true;
    }
}
