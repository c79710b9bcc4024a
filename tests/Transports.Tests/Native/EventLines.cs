using System.Text;
using Rollcall.Transports.Tests.Server;

namespace Rollcall.Transports.Tests.Native;

/// <summary>Server-sent events by the book, off a raw connection.</summary>
public sealed class EventLines : IDisposable
{
    private readonly RawConnection _connection;
    private readonly StringBuilder _text = new();

    public EventLines(HttpFixture server, string target, string headers = "")
    {
        _connection = server.Connect();
        _connection.Send(HttpFixture.RequestBytes("GET", target, $"Accept: text/event-stream\n{headers}", default));
        Head = _connection.Receive(toHead: true);
        Assert.Equal(200, Head.Status);
    }

    public RawAnswer Head { get; }

    /// <summary>The fields of the next event; a comment is a field without a name.</summary>
    public Dictionary<string, string> Next()
    {
        while (true)
        {
            int end;
            while ((end = _text.ToString().IndexOf("\n\n", StringComparison.Ordinal)) < 0)
            {
                string piece = _connection.ReceivePiece();
                Assert.True(piece.Length > 0, $"the stream ended behind: {_text}");
                _text.Append(piece);
            }

            string[] lines = _text.ToString(0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            _text.Remove(0, end + 2);
            if (lines.Length > 0)
            {
                return lines.Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].TrimStart());
            }
        }
    }

    /// <summary>True if something has come that was not yet read.</summary>
    public bool HasMore() => _text.Length > 1 || _connection.HasMore();

    /// <summary>True if the server ended the answer as it should.</summary>
    public bool IsAtEnd() => _connection.ReceivePiece().Length == 0;

    public void Dispose() => _connection.Dispose();
}
