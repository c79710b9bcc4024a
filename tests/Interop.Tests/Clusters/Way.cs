using System.Net;
using System.Net.Sockets;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>Which of the two ways along a link, as seen by the node that dials.</summary>
[Flags]
internal enum Direction
{
    None = 0,
    Forth = 1,
    Back = 2,
    Both = Forth | Back,
}

/// <summary>The way from a node to a peer's port, through this process, where a test can break it.</summary>
/// <remarks>
/// <para>Over TCP what is silenced waits, as a network's retransmission makes it wait; over UDP it is lost.</para>
/// <para>Threads: any. Owner: one test; disposing ends every connection.</para>
/// </remarks>
internal abstract class Way : IAsyncDisposable
{
    protected const int BufferBytes = 64 * 1024;

    private readonly CancellationTokenSource _ending = new();
    private volatile bool _isCut;
    private volatile Direction _silenced;

    protected Way(IPEndPoint target) => Target = target;

    /// <summary>Where the node dials, on loopback.</summary>
    public abstract int Port { get; }

    /// <summary>Bytes or datagrams that passed, both directions together.</summary>
    public abstract long Passed { get; }

    protected IPEndPoint Target { get; }

    protected CancellationToken Ending => _ending.Token;

    protected bool IsCut => _isCut;

    /// <summary>A way for a transport.</summary>
    public static Way For(string scheme, int targetPort)
    {
        var target = new IPEndPoint(IPAddress.Loopback, targetPort);
        return scheme == "quic" ? new UdpWay(target) : new TcpWay(target);
    }

    /// <summary>Ends what is under way, and lets nothing through until <see cref="Heal"/>.</summary>
    public virtual void Cut() => _isCut = true;

    /// <summary>Lets nothing through in these directions, and says so to nobody, until <see cref="Heal"/>.</summary>
    public virtual void Silence(Direction directions) => _silenced = directions;

    /// <summary>Everything passes again.</summary>
    public virtual void Heal()
    {
        _isCut = false;
        _silenced = Direction.None;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Cut();
    }

    protected bool IsSilenced(Direction direction) => (_silenced & direction) != 0;
}
