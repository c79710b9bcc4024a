using Rollcall.Core.Watching;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>One subscriber: how far it has been sent the registry, and what it has not yet acknowledged.</summary>
/// <remarks>
/// <para>Owner: the loop of its session.</para>
/// <para>Shape: a cursor. What it is to get lies in the log of changes, which all share.</para>
/// </remarks>
internal sealed class Watch(uint correlation, InstanceFilter filter, ulong since, bool wantsSnapshot, Subscription subscription)
{
    private readonly Queue<(ulong Version, long Bytes)> _underWay = new();

    /// <summary>The client's name for it.</summary>
    public uint Correlation { get; } = correlation;

    /// <summary>What it follows.</summary>
    public InstanceFilter Filter { get; } = filter;

    /// <summary>The version up to which it has been sent all.</summary>
    public ulong Cursor { get; private set; } = since;

    /// <summary>True if it is to get a snapshot: at first, or because it is too far behind.</summary>
    public bool WantsSnapshot { get; set; } = wantsSnapshot;

    /// <summary>How the registry counts it.</summary>
    public Subscription Subscription { get; } = subscription;

    /// <summary>What is being sent frame by frame; null if nothing is.</summary>
    public Message? Sending { get; set; }

    /// <summary>Bytes sent and not acknowledged.</summary>
    public long BytesUnderWay { get; private set; }

    /// <summary>Updates sent and not acknowledged.</summary>
    public int UpdatesUnderWay => _underWay.Count;

    /// <summary>An update goes out.</summary>
    public void Sent(ulong version, long bytes)
    {
        WantsSnapshot = false;
        Cursor = version;
        BytesUnderWay += bytes;
        _underWay.Enqueue((version, bytes));
        Subscription.Sent(version);
    }

    /// <summary>There was nothing for it up to a version; true if it should be told all the same.</summary>
    public bool Passed(ulong version)
    {
        Cursor = version;
        return Subscription.Passed(version);
    }

    /// <summary>The client has applied everything up to a version; one that it was not sent counts as the last that it was.</summary>
    public void Acknowledge(ulong version)
    {
        while (_underWay.TryPeek(out (ulong Version, long Bytes) update) && update.Version <= version)
        {
            _underWay.Dequeue();
            BytesUnderWay -= update.Bytes;
            Subscription.Acknowledge(update.Version);
        }
    }
}
