using System.Buffers;
using System.Diagnostics;
using System.Net;
using Rollcall.Core.Model;
using Rollcall.Load.Driving;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Load.Connections;

/// <summary>A subscriber to everything that keeps a copy and says how long each change took to it.</summary>
/// <remarks>
/// Real frames of a real connection; only the copy is smaller than that of a <see cref="Core.Watching.RegistryMirror"/>, and the
/// driver's work less than a link's, since a thousand of them share one process.
/// </remarks>
internal sealed class MirrorSubscriber : IDisposable
{
    private const int UpdatesPerAcknowledgement = 16;
    private const int BytesPerAcknowledgement = 64 * 1024;
    private static readonly TimeSpan s_acknowledgeAfter = TimeSpan.FromMilliseconds(100);

    private readonly ChangeTimes _times;
    private readonly byte[] _acknowledgement = new byte[FrameHeader.Size + 10];
    private readonly Action<uint> _seen;
    private ArrayBufferWriter<byte>? _parts;
    private FrameReader? _reader;
    private long _at;
    private long _acknowledgedAt = Stopwatch.GetTimestamp();
    private int _updates;
    private int _bytes;

    private MirrorSubscriber(CompactMirror start, ChangeTimes times)
    {
        Mirror = new CompactMirror(start);
        _times = times;
        _seen = number => _times.Seen(number, _at);
    }

    /// <summary>What it holds.</summary>
    public CompactMirror Mirror { get; }

    /// <summary>How many full reads it was sent.</summary>
    public int Snapshots { get; private set; }

    /// <summary>Never ends while all is well; fails with what is wrong.</summary>
    public Task Ended => _reader!.Ended;

    /// <summary>Subscribes.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="since">From which version on: <paramref name="start"/>'s, or none for a full read first.</param>
    /// <param name="start">What it holds at first.</param>
    /// <param name="times">Takes the time of each change.</param>
    public static async Task<MirrorSubscriber> StartAsync(EndPoint server, RegistryVersion since, CompactMirror start, ChangeTimes times)
    {
        var subscriber = new MirrorSubscriber(start, times);
        subscriber._reader = await FrameReader.StartAsync(server, FrameBytes.Watch(since), subscriber.Handle);
        return subscriber;
    }

    public void Dispose() => _reader?.Dispose();

    private void Handle(FrameReader from, in FrameHeader header, ReadOnlySpan<byte> payload, long at)
    {
        if (header.Opcode != Opcode.Watch)
        {
            throw new IOException($"The server answers {header.Opcode} to a watch.");
        }

        _at = at;
        _bytes += payload.Length;
        if (header.Flags.HasFlag(FrameFlags.More))
        {
            (_parts ??= new ArrayBufferWriter<byte>(1 << 20)).Write(payload);
            return;
        }

        if (_parts is null)
        {
            Mirror.Apply(payload, _seen);
        }
        else
        {
            _parts.Write(payload);
            Mirror.Apply(_parts.WrittenSpan, _seen);
            _parts = null;
            Snapshots++;
        }

        if (
            ++_updates >= UpdatesPerAcknowledgement
            || _bytes >= BytesPerAcknowledgement
            || Stopwatch.GetElapsedTime(_acknowledgedAt, at) >= s_acknowledgeAfter
        )
        {
            from.Send(_acknowledgement.AsSpan(0, FrameBytes.PutAcknowledge(_acknowledgement, Mirror.Version)));
            (_updates, _bytes, _acknowledgedAt) = (0, 0, at);
        }
    }
}
