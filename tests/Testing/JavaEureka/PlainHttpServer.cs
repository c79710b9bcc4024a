using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>HTTP/1.1 in the fewest lines that a fake needs: it sees requests as they were sent, and can break off wherever it likes.</summary>
/// <remarks>Loopback only. Threads: <paramref name="answer"/> is called by several at once.</remarks>
internal sealed class PlainHttpServer(Func<PlainRequest, PlainAnswer?> answer) : IAsyncDisposable
{
    private readonly List<Socket> _open = []; // guarded by itself
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>The port, kept over stops and starts.</summary>
    public int Port { get; private set; }

    public void Start()
    {
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _listener.Listen(128);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Nobody answers any more: the port is closed, connections are reset.</summary>
    public async Task StopAsync()
    {
        _listener?.Dispose();
        lock (_open)
        {
            _open.ForEach(Reset);
            _open.Clear();
        }

        await _accepting;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        catch (ObjectDisposedException)
        {
            // The client was faster.
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptAsync();
                socket.NoDelay = true;
                lock (_open)
                {
                    _open.Add(socket);
                }

                serving.Add(Task.Run(() => ServeAsync(socket)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped. A connection accepted while it stopped is reset here.
            lock (_open)
            {
                _open.ForEach(Reset);
                _open.Clear();
            }
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var reader = new RequestReader(stream);
            while (await reader.ReadAsync() is { } request)
            {
                if (answer(request) is not { } said)
                {
                    Reset(socket);
                    return;
                }

                await stream.WriteAsync(Head(said));
                await stream.WriteAsync(said.Body);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The client went, or the fake was stopped.
        }
        finally
        {
            lock (_open)
            {
                _open.Remove(socket);
            }
        }
    }

    private static byte[] Head(PlainAnswer said)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {said.Status} {(HttpStatusCode)said.Status}\r\n");
        foreach ((string name, string value) in said.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        if (said.Status != 204)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {said.Body.Length}\r\n");
        }

        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    private sealed class RequestReader(Stream stream)
    {
        private readonly byte[] _buffer = new byte[65_536];
        private int _from;
        private int _to;

        /// <summary>The next request; null when the client closes.</summary>
        public async Task<PlainRequest?> ReadAsync()
        {
            string? line = await LineAsync();
            if (line is null)
            {
                return null;
            }

            string[] words = line.Split(' ');
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await LineAsync() is { Length: > 0 } header)
            {
                int colon = header.IndexOf(':', StringComparison.Ordinal);
                headers[header[..colon]] = header[(colon + 1)..].Trim();
            }

            return new PlainRequest(words[0], words[1], headers, await BodyAsync(headers));
        }

        private async Task<byte[]> BodyAsync(Dictionary<string, string> headers)
        {
            if (headers.TryGetValue("Content-Length", out string? length))
            {
                return await BytesAsync(int.Parse(length, CultureInfo.InvariantCulture));
            }

            using var body = new MemoryStream();
            if (headers.ContainsKey("Transfer-Encoding"))
            {
                int size;
                do
                {
                    size = int.Parse((await LineAsync())!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    body.Write(await BytesAsync(size));
                    await LineAsync();
                } while (size > 0);
            }

            return body.ToArray();
        }

        private async Task<byte[]> BytesAsync(int count)
        {
            byte[] bytes = new byte[count];
            for (int at = 0; at < count;)
            {
                if (!await FillAsync())
                {
                    throw new IOException("The request broke off.");
                }

                int some = Math.Min(count - at, _to - _from);
                _buffer.AsSpan(_from, some).CopyTo(bytes.AsSpan(at));
                _from += some;
                at += some;
            }

            return bytes;
        }

        private async Task<string?> LineAsync()
        {
            var line = new List<byte>();
            while (await FillAsync())
            {
                byte next = _buffer[_from++];
                if (next == '\n')
                {
                    return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
                }

                line.Add(next);
            }

            return null;
        }

        private async Task<bool> FillAsync()
        {
            if (_from == _to)
            {
                _from = 0;
                _to = await stream.ReadAsync(_buffer);
            }

            return _to > _from;
        }
    }
}

/// <summary>A request as it was sent.</summary>
internal sealed record PlainRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>An answer as it goes out.</summary>
internal sealed record PlainAnswer(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    public static PlainAnswer Empty(int status) => new(status, []);

    public static PlainAnswer Text(int status, string text) => new(status, Encoding.UTF8.GetBytes(text), ("Content-Type", "text/plain"));
}
