using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rollcall.Transports.Tests.Server;

/// <summary>
/// A socket to the server that sends exactly what it is told and reads answers by the book. Every wait has a deadline.
/// </summary>
public sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(15);

    private readonly Socket _socket;
    private readonly List<byte> _received = [];

    public RawConnection(IPEndPoint server)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(server);
        _socket.ReceiveTimeout = (int)s_deadline.TotalMilliseconds;
        _socket.SendTimeout = (int)s_deadline.TotalMilliseconds;
    }

    public void Send(string ascii) => Send(Encoding.Latin1.GetBytes(ascii));

    /// <summary>Sends; a server that has hung up already is no error here.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[_socket.Send(bytes)..];
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // The answer tells, or its absence.
        }
    }

    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>The next answer; <see cref="RawAnswer.Closed"/> if the server hangs up instead.</summary>
    public RawAnswer Receive(bool toHead = false)
    {
        int end;
        while ((end = HeaderEnd()) < 0)
        {
            if (!ReceiveMore())
            {
                return RawAnswer.Closed;
            }
        }

        string[] lines = Encoding.Latin1.GetString([.. _received.Take(end)]).Split("\r\n");
        _received.RemoveRange(0, end + 4);
        int status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        KeyValuePair<string, string>[] headers = [.. lines.Skip(1).Select(Header)];
        if (status == 100)
        {
            return Receive(toHead);
        }

        return new RawAnswer(status, headers, toHead || status is 204 or 304 ? [] : Body(headers));
    }

    /// <summary>The next piece of a body without end, after <see cref="Receive"/> has read the head alone; empty at its end.</summary>
    public string ReceivePiece() => Encoding.UTF8.GetString(Chunk());

    /// <summary>True if something has come that was not yet read.</summary>
    public bool HasMore() => _received.Count > 0 || _socket.Available > 0;

    /// <summary>True if the server ends the connection within the deadline.</summary>
    public bool IsClosedByServer()
    {
        while (ReceiveMore())
        {
            _received.Clear();
        }

        return true;
    }

    public void Dispose() => _socket.Dispose();

    private static KeyValuePair<string, string> Header(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return new(line[..colon], line[(colon + 1)..].Trim());
    }

    private int HeaderEnd()
    {
        for (int i = 0; i + 3 < _received.Count; i++)
        {
            if (_received[i] == '\r' && _received[i + 1] == '\n' && _received[i + 2] == '\r' && _received[i + 3] == '\n')
            {
                return i;
            }
        }

        return -1;
    }

    private byte[] Body(KeyValuePair<string, string>[] headers)
    {
        if (headers.Any(h => h.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)))
        {
            return Chunks();
        }

        string? length = headers.FirstOrDefault(h => h.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        if (length is null)
        {
            throw new InvalidOperationException("An answer without Content-Length: all of ours have one.");
        }

        int wanted = int.Parse(length, CultureInfo.InvariantCulture);
        while (_received.Count < wanted)
        {
            if (!ReceiveMore())
            {
                throw new InvalidOperationException($"The server hung up after {_received.Count} of {wanted} bytes of a body.");
            }
        }

        byte[] body = [.. _received.Take(wanted)];
        _received.RemoveRange(0, wanted);
        return body;
    }

    private byte[] Chunks()
    {
        var body = new List<byte>();
        while (Chunk() is { Length: > 0 } chunk)
        {
            body.AddRange(chunk);
        }

        return [.. body];
    }

    /// <summary>The next chunk of a body that has begun; empty if it is the last.</summary>
    private byte[] Chunk()
    {
        int lineEnd;
        while ((lineEnd = _received.IndexOf((byte)'\n')) < 0)
        {
            ReceiveOrThrow("in front of a chunk");
        }

        string size = Encoding.Latin1.GetString([.. _received.Take(lineEnd)]).TrimEnd();
        int length = int.Parse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        while (_received.Count < lineEnd + 1 + length + 2)
        {
            ReceiveOrThrow($"within a chunk of {length} bytes");
        }

        byte[] chunk = [.. _received.Skip(lineEnd + 1).Take(length)];
        _received.RemoveRange(0, lineEnd + 1 + length + 2);
        return chunk;
    }

    private void ReceiveOrThrow(string where)
    {
        if (!ReceiveMore())
        {
            throw new InvalidOperationException($"The server hung up {where}.");
        }
    }

    private bool ReceiveMore()
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            int read = _socket.Receive(buffer);
            _received.AddRange(buffer.AsSpan(0, read));
            return read > 0;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut)
        {
            throw new TimeoutException(
                $"The server neither answered nor hung up within {s_deadline.TotalSeconds} s; {_received.Count} bytes are here.",
                e
            );
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
