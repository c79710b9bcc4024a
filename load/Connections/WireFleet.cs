using System.Diagnostics;
using System.Net;
using Rollcall.Bench.Fleet;
using Rollcall.Core.Leases;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Load.Connections;

/// <summary>Instances registered at a server over TCP, with the handle of each.</summary>
/// <param name="Fleet">What they look like.</param>
/// <param name="Handles">Handle of instance i at i.</param>
internal sealed record WireFleet(SpringFleet Fleet, LeaseHandle[] Handles)
{
    private const int Window = 256;

    // Registering a million may take longer than their leases last: those that are registered are renewed so often within a lease.
    private const int RenewalsOfALease = 4;
    private const int HandlesPerFrame = 10_000;

    /// <summary>How long a lease lasts: longer than any row is measured, but for those that say otherwise.</summary>
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(30);

    /// <summary>Registers <paramref name="count"/> instances, <see cref="Window"/> at a time.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="count">How many.</param>
    /// <param name="services">Services that they are spread over.</param>
    /// <param name="lease">How long a lease lasts.</param>
    /// <param name="first">Number of the first of them in the fleet: those before it are registered already.</param>
    public static Task<WireFleet> RegisterAsync(EndPoint server, int count, int services, TimeSpan? lease = null, int first = 0) =>
        Task.Factory.StartNew(() => Register(server, count, services, lease ?? s_lease, first), TaskCreationOptions.LongRunning);

    /// <summary>Renews as fast as it goes; how many of them are unknown.</summary>
    public static int Renew(FrameConnection connection, ReadOnlySpan<LeaseHandle> handles)
    {
        int unknown = 0;
        for (int from = 0; from < handles.Length; from += HandlesPerFrame)
        {
            connection.Send(FrameBytes.RenewMany(handles.Slice(from, Math.Min(HandlesPerFrame, handles.Length - from)).ToArray()));
            unknown += connection.ReceiveAnswer(CountPositions);
        }

        return unknown;
    }

    private static WireFleet Register(EndPoint server, int count, int services, TimeSpan lease, int first)
    {
        var fleet = new SpringFleet(services);
        var handles = new LeaseHandle[count];
        using var connection = new FrameConnection(server);
        var frames = new MemoryStream();
        long renewedAt = Stopwatch.GetTimestamp();
        for (int from = 0; from < count; from += Window)
        {
            int to = Math.Min(from + Window, count);
            frames.SetLength(0);
            for (int i = from; i < to; i++)
            {
                frames.Write(FrameBytes.Register(fleet.Registration(first + i) with { LeaseDuration = lease }));
            }

            connection.Send(frames.GetBuffer().AsSpan(0, (int)frames.Length));
            for (int i = from; i < to; i++)
            {
                handles[i] = connection.ReceiveAnswer((_, payload) => new LeaseHandle(new PayloadReader(payload).Fixed64()));
            }

            if (Stopwatch.GetElapsedTime(renewedAt) > lease / RenewalsOfALease)
            {
                renewedAt = Stopwatch.GetTimestamp();
                int ended = Renew(connection, handles.AsSpan(0, to));
                if (ended > 0)
                {
                    throw new InvalidOperationException($"{ended} leases of {lease.TotalSeconds} s ended while others were registered");
                }
            }
        }

        return new WireFleet(fleet, handles);
    }

    // The answer names each that is unknown by a number.
    private static int CountPositions(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        int count = 0;
        while (!reader.AtEnd)
        {
            reader.Number();
            count++;
        }

        return count;
    }

    /// <summary>All handles in random order: each renewal is to a line that is not in the cache.</summary>
    public LeaseHandle[] Shuffled()
    {
        LeaseHandle[] order = [.. Handles];
        new Random(1).Shuffle(order);
        return order;
    }
}
