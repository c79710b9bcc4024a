using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;

namespace Rollcall.Hosting.Clustering;

/// <summary>Moves the messages of one link: what comes to the node, and what the node has for the peer when the lane can take it.</summary>
/// <remarks>
/// Shape: one loop receives, one sends; whichever ends first ends the other. What is to be said decides <see cref="ClusterNode"/>.
/// </remarks>
internal sealed class PeerPump(ClusterHost host, IPeerLane lane, bool dialled)
{
    /// <summary>A peer that was told why has this long to close its end, so that the reason arrives.</summary>
    private static readonly TimeSpan s_lastWord = TimeSpan.FromSeconds(1);

    private readonly ClusterNode _node = host.Node;
    private readonly Signal _wake = new();
    private ushort _link;
    private volatile bool _isOver; // nothing more comes
    private string? _why; // it ended; written once

    /// <summary>There may be something to send.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Runs the link until one of the two, or <paramref name="stopping"/>, ends it.</summary>
    /// <param name="onLinked">Called once the peer has said who it is, and may stay.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>How it ended, and why for people.</returns>
    public async Task<(LinkEnd End, string Why)> RunAsync(Action<uint> onLinked, CancellationToken stopping)
    {
        _link = _node.Connect(dialled, Now, lane.Path);
        host.Add(this);
        try
        {
            using CancellationTokenRegistration registration = stopping.UnsafeRegister(_ => lane.Break(), null);
            Task receiving = ReceiveAllAsync(onLinked);
            await SendAllAsync();
            await Task.WhenAny(receiving, Task.Delay(s_lastWord, host.Time, CancellationToken.None));
            lane.Break();
            await receiving;
        }
        finally
        {
            host.Remove(this);
        }

        LinkEnd end = _node.Disconnect(_link, Now);
        host.Pulse();
        return (end, end.Reason ?? Volatile.Read(ref _why) ?? "it ended.");
    }

    private MonotonicTime Now => _node.Registry.Now;

    private async Task ReceiveAllAsync(Action<uint> onLinked)
    {
        bool isLinked = false;
        bool saidLeftOut = false;
        try
        {
            while (await lane.ReceiveAsync() is { } message)
            {
                if (!saidLeftOut && lane.Path.WhyLeftOut is { } why)
                {
                    saidLeftOut = true;
                    host.Logger.LeftOut(lane.Path.Address, why);
                }

                _node.Receive(_link, message, Now);
                if (!isLinked && _node.PeerOf(_link) is { } node)
                {
                    isLinked = true;
                    onLinked(node);
                }

                Wake();
                host.Pulse();
                if (message is PeerRefusal)
                {
                    return; // its last word; if this end refuses too, neither waits for the other
                }
            }

            End($"{lane.Path.Address} closed the connection.");
        }
        catch (LinkException exception)
        {
            End(exception.Message);
        }
        catch (Exception exception)
        {
            host.Logger.LinkFailed(exception, lane.Path.Address);
            End("it failed here.");
        }
    }

    private async Task SendAllAsync()
    {
        try
        {
            while (!_isOver)
            {
                while (_node.TryTake(_link, Now, out PeerMessage message))
                {
                    await lane.SendAsync(message);
                }

                await lane.FlushAsync();
                if (_node.ClosingReason(_link) is not null)
                {
                    return;
                }

                await _wake.WaitAsync();
            }
        }
        catch (LinkException exception)
        {
            End(exception.Message);
        }
        catch (Exception exception)
        {
            host.Logger.LinkFailed(exception, lane.Path.Address);
            End("it failed here.");
        }
    }

    private void End(string why)
    {
        Interlocked.CompareExchange(ref _why, why, null);
        _isOver = true;
        Wake();
    }
}
