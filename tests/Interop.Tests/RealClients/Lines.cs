namespace Rollcall.Interop.Tests.RealClients;

/// <summary>The last lines that a process printed, for the message of a failed test.</summary>
internal sealed class Lines
{
    private const int Max = 200;

    private readonly Queue<string> _lines = new(); // guarded by itself

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Max)
            {
                _lines.Dequeue();
            }
        }
    }

    public override string ToString()
    {
        lock (_lines)
        {
            return string.Join('\n', _lines);
        }
    }
}
