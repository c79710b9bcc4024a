using System.Collections.Concurrent;
using System.Diagnostics;
using Rollcall.Interop.Tests.Calls;
using Rollcall.Testing.Support.Clients;

namespace Rollcall.Interop.Tests.Expiry;

/// <summary>Many owners that heartbeat, until they are told to stop.</summary>
/// <remarks>
/// <para>Owner: one test. Disposing ends the loop.</para>
/// <para> Beats follow one another in rounds. A round that comes later than a lease lasts (the machine stood still) is the
/// herd's own fault, so what it finds lost is registered again and counted only by <see cref="LongestSilence"/>. </para>
/// </remarks>
internal sealed class Herd : IAsyncDisposable
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(200);

    private readonly EurekaCalls _calls;
    private readonly ConcurrentDictionary<string, ClientInstance> _beating;
    private readonly ConcurrentQueue<string> _lost = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private long _longestSilence;

    private Herd(EurekaCalls calls, IEnumerable<ClientInstance> members)
    {
        _calls = calls;
        _beating = new(members.Select(member => KeyValuePair.Create(member.Id!, member)));
        _loop = Task.Run(BeatAsync);
    }

    /// <summary>Ids of those that heartbeat.</summary>
    public IEnumerable<string> Beating => _beating.Keys;

    /// <summary>Ids that heartbeat and were answered 404.</summary>
    public IReadOnlyCollection<string> Lost => _lost;

    /// <summary>The longest time between two heartbeats of one member, as the herd knows it.</summary>
    public TimeSpan LongestSilence => TimeSpan.FromTicks(Volatile.Read(ref _longestSilence));

    /// <summary>Registers all and starts to heartbeat.</summary>
    public static async Task<Herd> StartAsync(EurekaCalls calls, IReadOnlyList<ClientInstance> members)
    {
        foreach (ClientInstance member in members)
        {
            await calls.RegisterAsync(member);
        }

        return new Herd(calls, members);
    }

    /// <summary>These stop to heartbeat; a beat on its way may still arrive.</summary>
    public void Stop(IEnumerable<string> ids)
    {
        foreach (string id in ids)
        {
            _beating.TryRemove(id, out _);
        }
    }

    /// <summary>These heartbeat (again).</summary>
    public void Resume(IEnumerable<ClientInstance> members)
    {
        foreach (ClientInstance member in members)
        {
            _beating[member.Id!] = member;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task BeatAsync()
    {
        using PeriodicTimer pace = new(s_pace);
        long last = Stopwatch.GetTimestamp();
        try
        {
            while (await pace.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (ClientInstance member in _beating.Values)
                {
                    await BeatAsync(member);
                }

                long now = Stopwatch.GetTimestamp();
                long silence = Stopwatch.GetElapsedTime(last, now).Ticks;
                Volatile.Write(ref _longestSilence, Math.Max(_longestSilence, silence));
                last = now;
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }

    private async Task BeatAsync(ClientInstance member)
    {
        Answer answer = await _calls.RenewAsync(member.App!, member.Id!);
        if (answer.Status == 404 && _beating.ContainsKey(member.Id!))
        {
            _lost.Enqueue(member.Id!);
            await _calls.RegisterAsync(member);
        }
    }
}
