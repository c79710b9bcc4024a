using System.Net;
using Rollcall.Core.Model;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Load.Connections;

/// <summary>A subscriber that only counts updates and acknowledges them: what a change to its last subscriber is measured with.</summary>
internal sealed class Watcher : IDisposable
{
    // The server stops sending at 64 updates that are not acknowledged.
    private const int UpdatesPerAcknowledgement = 16;

    private readonly byte[] _acknowledgement = new byte[FrameHeader.Size + 10];
    private readonly Action<long> _updated;
    private FrameReader? _reader;
    private int _updates;

    private Watcher(Action<long> updated) => _updated = updated;

    /// <summary>Subscribes to everything.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="since">From which version on.</param>
    /// <param name="updated">Called for each update, with the time at which it was there.</param>
    public static async Task<Watcher> StartAsync(EndPoint server, RegistryVersion since, Action<long> updated)
    {
        var watcher = new Watcher(updated);
        watcher._reader = await FrameReader.StartAsync(server, FrameBytes.Watch(since), watcher.Handle);
        return watcher;
    }

    /// <summary>Throws what went wrong, if something did.</summary>
    public void ThrowIfEnded()
    {
        if (_reader!.Ended.IsFaulted)
        {
            _reader.Ended.GetAwaiter().GetResult();
        }
    }

    public void Dispose() => _reader?.Dispose();

    private void Handle(FrameReader from, in FrameHeader header, ReadOnlySpan<byte> payload, long at)
    {
        if (header.Opcode != Opcode.Watch)
        {
            throw new IOException($"The server answers {header.Opcode} to a watch.");
        }

        _updated(at);
        if (++_updates % UpdatesPerAcknowledgement == 0)
        {
            var reader = new PayloadReader(payload);
            reader.Byte();
            from.Send(_acknowledgement.AsSpan(0, FrameBytes.PutAcknowledge(_acknowledgement, reader.Number())));
        }
    }
}
