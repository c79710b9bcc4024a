using Microsoft.Extensions.Logging;

namespace Rollcall.Transports.Wire.Connections;

/// <summary>Says that handshakes fail, and why, in a log that strangers cannot fill: one line a minute, however many fail.</summary>
public sealed class HandshakeFailures(ILogger logger, string transport, TimeProvider? time = null)
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _lock = new();
    private long _saidAt; // guarded by _lock
    private long _unsaid; // guarded by _lock; failures since the last line
    private bool _hasSaid; // guarded by _lock

    /// <summary>A handshake failed.</summary>
    public void Note(string remote, string reason)
    {
        long unsaid;
        lock (_lock)
        {
            if (_hasSaid && _time.GetElapsedTime(_saidAt) < s_quiet)
            {
                _unsaid++;
                return;
            }

            unsaid = _unsaid;
            _unsaid = 0;
            _saidAt = _time.GetTimestamp();
            _hasSaid = true;
        }

        logger.HandshakeFailed(transport, remote, reason.ReplaceLineEndings(" "), unsaid);
    }
}
