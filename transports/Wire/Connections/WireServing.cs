using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Wire.Connections;

/// <summary>What the adapters of one registry share: who may come in, the limits, and the one <see cref="WireServer"/>.</summary>
/// <remarks>
/// A change is encoded once, and a snapshot is kept once, for TCP and QUIC together. So give both adapters the same.
/// </remarks>
public sealed class WireServing
{
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private WireServer? _server; // guarded by _lock; there while _users > 0
    private int _users; // guarded by _lock

    /// <summary>To be given to the adapters.</summary>
    /// <param name="options">Limits of the protocol; null: the defaults.</param>
    /// <param name="access">Who may come in; null: <see cref="AccessPolicy.Open"/>.</param>
    /// <param name="loggers">Null: nothing is logged.</param>
    /// <exception cref="ArgumentException">The options have problems; the message names all.</exception>
    public WireServing(WireOptions? options = null, AccessPolicy? access = null, ILoggerFactory? loggers = null)
    {
        Options = options ?? new WireOptions();
        IReadOnlyList<OptionProblem> problems = Options.Validate();
        if (problems.Count > 0)
        {
            throw problems.Refused(nameof(WireOptions), nameof(options));
        }

        Access = access ?? AccessPolicy.Open;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<WireServer>();
    }

    /// <summary>The limits.</summary>
    public WireOptions Options { get; }

    /// <summary>Who may come in.</summary>
    public AccessPolicy Access { get; }

    /// <summary>An adapter starts: it gets the server, which is there until as many calls of <see cref="Close"/>.</summary>
    public WireServer Open(RegistryService registry)
    {
        lock (_lock)
        {
            _users++;
            return _server ??= new WireServer(registry, Options, Access, _logger);
        }
    }

    /// <summary>An adapter has stopped: none of its sessions runs any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            Debug.Assert(_users > 0);
            if (--_users == 0)
            {
                _server?.Dispose();
                _server = null;
            }
        }
    }
}
