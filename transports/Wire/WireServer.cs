using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Peering;
using Rollcall.Transports.Wire.Records;
using Rollcall.Transports.Wire.Sessions;

namespace Rollcall.Transports.Wire;

/// <summary>START HERE: serves the wire protocol on lanes that an adapter accepted. The protocol is WIRE.md.</summary>
/// <remarks>
/// <para>
/// A lane is served by one <see cref="WireSession"/>. What sessions share lives here: encoded snapshots and changes, pools, the list of
/// those to wake when a version is published, and the sweep that ends silent ones.
/// </para>
/// <para>Threads: any, all at once. The registry outlives it. Adapters of one registry share one.</para>
/// </remarks>
public sealed class WireServer : IDisposable
{
    // All that the registry keeps by default, 65,536, if each is a new instance of 256 bytes. Taken only when someone asks for them.
    private const long ChangeBytesMax = 16 * 1024 * 1024;

    private static readonly TimeSpan s_sweepMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_trimEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<WireSession, bool> _sessions = [];
    private readonly EncodedSnapshotCache<WireEncoder>[] _snapshots; // by packing
    private readonly Timer _sweep;
    private long _trimmedAtMs = Environment.TickCount64;
    private int _sessionCount;

    /// <summary>A server of a registry.</summary>
    /// <exception cref="ArgumentException">Options outside their ranges: names all of them.</exception>
    public WireServer(RegistryService registry, WireOptions options, AccessPolicy access, ILogger logger)
    {
        Registry = registry;
        Options = options.OrThrow();
        Access = access;
        Logger = logger;
        _snapshots =
        [
            new EncodedSnapshotCache<WireEncoder>(registry, default),
            new EncodedSnapshotCache<WireEncoder>(registry, default, new ChunkPacker(Packing.Lz4)),
            new EncodedSnapshotCache<WireEncoder>(registry, default, new ChunkPacker(Packing.Brotli)),
        ];
        Changes = new EncodedChangeLog<WireChangeEncoder>(registry, default, ChangeBytesMax);
        registry.Published += Watchers.OnPublished;
        TimeSpan shortest = new[] { options.HelloTimeout, options.IdleTimeout, options.StallTimeout, s_sweepMax * 4 }.Min();

        // What is as it should be is no news to whoever starts a server.
        Log.Packs(logger, Lz4.IsSupported ? LogLevel.Debug : LogLevel.Information, Packings.Description);
        _sweep = new Timer(_ => Sweep(), null, shortest / 4, shortest / 4);
    }

    /// <summary>The options in force.</summary>
    public WireOptions Options { get; }

    /// <summary>Sessions at this moment.</summary>
    public int Sessions => Volatile.Read(ref _sessionCount);

    /// <summary>Takes the lanes of peers; null: the registry stands alone.</summary>
    internal PeerAcceptor? Peers => Registry.Cluster?.Acceptor;

    internal RegistryService Registry { get; }

    internal AccessPolicy Access { get; }

    internal ILogger Logger { get; }

    internal EncodedChangeLog<WireChangeEncoder> Changes { get; }

    internal PackedUpdates PackedUpdates { get; } = new();

    internal WatcherList Watchers { get; } = new();

    internal ObjectPool<SessionScratch> Scratch { get; } = new DefaultObjectPool<SessionScratch>(new DefaultPooledObjectPolicy<SessionScratch>());

    internal ObjectPool<Message> Messages { get; } = new DefaultObjectPool<Message>(new DefaultPooledObjectPolicy<Message>());

    /// <summary>Serves a lane until either side ends it.</summary>
    /// <remarks>
    /// <para>
    /// The caller guarantees: the lane is an ordered stream of bytes in both directions, to be used by this call alone;
    /// <see cref="PipeReader.CancelPendingRead"/> and <see cref="PipeWriter.CancelPendingFlush"/> end a call under way; a flush does
    /// not end before the bytes are on their way or fit a buffer of a few tens of kilobytes. Where a read and a flush end on the
    /// thread that brings or takes the bytes, no time is lost in between: the session never blocks.
    /// </para>
    /// <para>
    /// When the task ends, which it does without an exception, both ends of the lane are completed; the caller then closes what it stands
    /// on, within a bounded time, also if the client does not read what was sent last.
    /// </para>
    /// </remarks>
    /// <param name="lane">The lane.</param>
    /// <param name="peer">Who is at its other end.</param>
    /// <param name="stopping">Ends the session with an error frame.</param>
    /// <returns>False if the client went without a word.</returns>
    public async Task<bool> ServeAsync(IDuplexPipe lane, LanePeer peer, CancellationToken stopping)
    {
        var session = new WireSession(this, lane, peer);
        _sessions[session] = true;
        if (Interlocked.Increment(ref _sessionCount) > Options.SessionsMax)
        {
            session.End(WireErrorCode.Unavailable, $"The server has {Options.SessionsMax} sessions (WireOptions.SessionsMax). Try another, or later.");
        }

        try
        {
            using CancellationTokenRegistration registration = stopping.UnsafeRegister(
                static session => ((WireSession)session!).End(WireErrorCode.Unavailable, "The server stops."),
                session
            );
            if (!await session.RunAsync().ConfigureAwait(false))
            {
                return session.WasHeard;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _sessionCount);
            _sessions.TryRemove(session, out _);
        }

        var path = new PeerPath($"{peer.Transport}://{peer.Remote}");
        await using var link = new WirePeerLane(lane, path, session.Packing, Options);
        await Peers!(link, stopping).ConfigureAwait(false);
        return true;
    }

    /// <summary>Ends the sweep and the pump; sessions are ended by their tokens.</summary>
    public void Dispose()
    {
        Registry.Published -= Watchers.OnPublished;
        _sweep.Dispose();
    }

    /// <summary>The documents that hold all that a filter selects; one that is in several is meant once.</summary>
    internal IEnumerable<EncodedDocument> Documents(RegistrySnapshot snapshot, InstanceFilter filter, Packing packing)
    {
        EncodedSnapshotCache<WireEncoder> cache = _snapshots[(int)packing];
        DocumentCoding coding = packing == Packing.None ? DocumentCoding.Plain : DocumentCoding.Packed;
        return filter.Kind switch
        {
            FilterKind.All => [cache.Full(snapshot, coding)],
            FilterKind.Services => filter.Names.Select(name => cache.Service(snapshot, name, coding)).OfType<EncodedDocument>(),
            _ => filter.Names.Select(name => cache.Vip(snapshot, name, filter.Kind == FilterKind.SecureVips, coding)),
        };
    }

    private void Sweep()
    {
        long now = Environment.TickCount64;
        foreach ((WireSession session, _) in _sessions)
        {
            session.EndIfOverdue(now);
        }

        long trimmedAt = Volatile.Read(ref _trimmedAtMs);
        if (now - trimmedAt > s_trimEvery.TotalMilliseconds && Interlocked.CompareExchange(ref _trimmedAtMs, now, trimmedAt) == trimmedAt)
        {
            foreach (EncodedSnapshotCache<WireEncoder> cache in _snapshots)
            {
                cache.Trim();
            }
        }
    }
}
