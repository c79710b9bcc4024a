using System.IO.Pipelines;
using Rollcall.Transports.Wire.Connections;

namespace Rollcall.Transports.Tcp.Sockets;

/// <summary>The one lane of a TCP connection.</summary>
/// <remarks>Disposing of it, after both directions are completed, lets the peer read what was sent last, for a bounded time.</remarks>
internal interface ITcpLane : IDuplexPipe, IOpenConnection, IAsyncDisposable;
