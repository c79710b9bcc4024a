namespace Rollcall.Core.Watching;

/// <summary>One subscriber, as the registry counts it.</summary>
/// <remarks>
/// <para>Owner: whoever sends to the subscriber calls <see cref="Sent"/> and <see cref="Passed"/>, one call at a time; the rest from any thread.</para>
/// <para>Cost: 0 bytes a call.</para>
/// </remarks>
public sealed class Subscription : IDisposable
{
    private readonly SubscriberTable _table;
    private ulong _sent;
    private ulong _passed;
    private ulong _confirmed;

    internal Subscription(SubscriberTable table, InstanceFilter filter, ulong since)
    {
        _table = table;
        Filter = filter;
        _sent = since;
        _confirmed = since;
    }

    /// <summary>What it follows.</summary>
    public InstanceFilter Filter { get; }

    /// <summary>The version that its copy is known to have: confirmed, or confirmed and nothing selected since.</summary>
    public ulong Acknowledged
    {
        get
        {
            // What was passed is read first: it is written last, so it is never ahead of what was sent before it.
            ulong passed = Volatile.Read(ref _passed);
            ulong sent = Volatile.Read(ref _sent);
            ulong confirmed = Volatile.Read(ref _confirmed);
            return confirmed >= sent ? Math.Max(confirmed, passed) : confirmed;
        }
    }

    /// <summary>Where it stands in <see cref="SubscriberTable"/>; -1 if it does not. Guarded by the table.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>An update that leads to a version is about to go out. Versions only grow.</summary>
    public void Sent(ulong version) => Volatile.Write(ref _sent, version);

    /// <summary>Nothing that it follows has changed from the last update sent up to a version: it is up to date without being told.</summary>
    /// <returns>
    /// True if it should be told all the same, by <see cref="UpdateKind.Progress"/>: with the version that it knows of it could soon
    /// not resume any more.
    /// </returns>
    public bool Passed(ulong version)
    {
        Volatile.Write(ref _passed, version);
        return version - _sent >= _table.ProgressAfter;
    }

    /// <summary>The subscriber says that it has applied a version. An older one than before says nothing.</summary>
    public void Acknowledge(ulong version)
    {
        ulong before = Volatile.Read(ref _confirmed);
        while (version > before)
        {
            ulong seen = Interlocked.CompareExchange(ref _confirmed, version, before);
            if (seen == before)
            {
                return;
            }

            before = seen;
        }
    }

    /// <summary>It follows no more. May be called again.</summary>
    public void Dispose() => _table.Remove(this);
}
