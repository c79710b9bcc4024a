using System.Net;
using System.Net.Sockets;
using Rollcall.Core.Model;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Load.Connections;

/// <summary>A TCP connection that sends ready-made frames and counts answers on the calling thread: as little work for the driver as can be.</summary>
/// <remarks>
/// <para>Owner: one thread.</para>
/// <para>Errors: an error frame, or an end of the connection, is an exception: no answer is taken for a good one.</para>
/// </remarks>
internal sealed class FrameConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly IncomingFrames _input = new(256 * 1024);
    private readonly byte[] _acknowledgement = new byte[FrameHeader.Size + 10];
    private readonly ulong _epoch;

    /// <summary>Connects and exchanges hellos.</summary>
    public FrameConnection(EndPoint server)
    {
        _socket.Connect(server);
        Send(FrameBytes.Hello("load"));
        _epoch = ReceiveAnswer((_, payload) => ReadEpoch(payload));
        ReceivedBytes = 0;
    }

    /// <summary>Bytes that came in since the hellos.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Sends frames.</summary>
    public void Send(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            frames = frames[_socket.Send(frames)..];
        }
    }

    /// <summary>Waits for so many answers.</summary>
    public void ReceiveAnswers(int count)
    {
        while (count > 0)
        {
            if (_input.TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
            {
                RefuseError(header, payload);
                count--;
            }
            else
            {
                Receive();
            }
        }
    }

    /// <summary>Waits for one answer and gives its payload to <paramref name="read"/>.</summary>
    public T ReceiveAnswer<T>(Func<FrameHeader, ReadOnlySpan<byte>, T> read)
    {
        while (true)
        {
            if (_input.TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
            {
                RefuseError(header, payload);
                return read(header, payload);
            }

            Receive();
        }
    }

    /// <summary>Sends a write and waits for its answer: the version that it made.</summary>
    public RegistryVersion Write(ReadOnlySpan<byte> frame)
    {
        Send(frame);
        return new RegistryVersion(_epoch, ReceiveAnswer((_, payload) => new PayloadReader(payload).Number()));
    }

    /// <summary>Waits for the whole next update of a watch; the version after it.</summary>
    public ulong ReceiveUpdate()
    {
        ulong version = 0;
        bool first = true;
        while (
            ReceiveAnswer(
                (header, payload) =>
                {
                    if (first)
                    {
                        var reader = new PayloadReader(payload);
                        reader.Byte();
                        version = reader.Number();
                        first = false;
                    }

                    return header.Flags.HasFlag(FrameFlags.More);
                }
            )
        ) { }

        return version;
    }

    /// <summary>Says that a version is applied.</summary>
    public void Acknowledge(ulong version) => Send(_acknowledgement.AsSpan(0, FrameBytes.PutAcknowledge(_acknowledgement, version)));

    public void Dispose() => _socket.Dispose();

    // A control arm answers hello with nothing.
    private static ulong ReadEpoch(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        return HelloAnswer.Read(ref reader).Epoch;
    }

    private void Receive()
    {
        int received = _socket.Receive(_input.Room().Span);
        if (received == 0)
        {
            throw new IOException("The server closed the connection.");
        }

        _input.Filled(received);
        ReceivedBytes += received;
    }

    private static void RefuseError(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Opcode == Opcode.Error)
        {
            throw new IOException($"The server answers {(WireErrorCode)payload[0]}: {System.Text.Encoding.UTF8.GetString(payload[1..])}");
        }
    }
}
