using System.Threading.Channels;
using Rollcall.Client.Servers;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Client.Registering;

/// <summary>Carries out what <see cref="RegistrationMachine"/> says: makes its calls, wakes it, and tells it what came of them.</summary>
/// <remarks>
/// <para>Owner: one client; <see cref="Tell"/> from any thread. One loop, one timer, at most one call under way.</para>
/// <para>Errors: none come out; every failed call is an event.</para>
/// </remarks>
internal sealed class RegistrationPump : IAsyncDisposable
{
    private static readonly RegistrationEvent.TimePassed s_timePassed = new();

    private readonly RegistrationMachine _machine;
    private readonly ServerSession _session;
    private readonly ClientClock _clock;
    private readonly Dice _dice;
    private readonly Action<ClientNotice> _notice;
    private readonly Channel<RegistrationEvent> _events = Channel.CreateUnbounded<RegistrationEvent>(new() { SingleReader = true });
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timer;
    private readonly Task _loop;
    private CancellationTokenSource? _call; // of the loop alone
    private volatile RegistrationState _state;
    private long _told;
    private long _taken;
    private Registration _wanted; // of the caller of Change

    /// <summary>Starts at once.</summary>
    public RegistrationPump(
        Registration wanted,
        ClientOptions options,
        ServerSession session,
        ClientClock clock,
        Dice dice,
        Action<ClientNotice> notice
    )
    {
        _wanted = wanted;
        _notice = notice;
        _machine = new RegistrationMachine(options);
        _session = session;
        _clock = clock;
        _dice = dice;
        _state = RegistrationMachine.Begin(wanted, clock.WallMs);
        _timer = clock.Time.CreateTimer(_ => Tell(s_timePassed), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        session.LinkChanged += OnLinkChanged;
        Tell(s_timePassed);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>What is known now.</summary>
    public RegistrationState State => _state;

    /// <summary>Ends when the registry has accepted the instance for the first time; fails if it refuses it.</summary>
    public Task Accepted => _accepted.Task;

    /// <summary>Ends when all is over: <see cref="RegistrationEvent.StopAsked"/> and what follows.</summary>
    public Task Ended => _loop;

    /// <summary>Says what has happened. Never waits; after the end it does nothing.</summary>
    public void Tell(RegistrationEvent happened)
    {
        Interlocked.Increment(ref _told);
        _events.Writer.TryWrite(happened);
    }

    /// <summary>True if it has taken in all that it was told and no call is under way: only time, or a word, will move it.</summary>
    public bool IsWaiting => Volatile.Read(ref _taken) == Volatile.Read(ref _told) && State.UnderWay == RegistrationVerb.None;

    /// <summary>Says that another record is wanted. One caller at a time.</summary>
    /// <exception cref="ArgumentException">Another service or id.</exception>
    public void Change(Func<Registration, Registration> change)
    {
        Registration wanted = change(_wanted);
        if (wanted.Service != _wanted.Service || wanted.Id != _wanted.Id)
        {
            throw new ArgumentException($"A registration of {_wanted.Service}/{_wanted.Id} cannot become one of {wanted.Service}/{wanted.Id}.");
        }

        _wanted = wanted;
        Tell(new RegistrationEvent.RecordSet(wanted));
    }

    /// <summary>Ends without announcing anything, if it has not been stopped before.</summary>
    public async ValueTask DisposeAsync()
    {
        _session.LinkChanged -= OnLinkChanged;
        _events.Writer.TryComplete();
        await _loop;
        await _timer.DisposeAsync();
        _call?.Dispose();
        _over.Dispose();
    }

    private void OnLinkChanged() => Tell(new RegistrationEvent.LinkChanged());

    private async Task RunAsync()
    {
        await foreach (RegistrationEvent happened in _events.Reader.ReadAllAsync())
        {
            MonotonicTime now = _clock.Now;
            RegistrationStep step = _machine.Step(_state, happened, now, _dice.Share());
            Say(_state, step.State, happened);
            _state = step.State;
            if (step.Verb == RegistrationVerb.End)
            {
                break;
            }

            Do(step);
            _timer.Change(DueIn(step.WakeAt), Timeout.InfiniteTimeSpan);
            Interlocked.Increment(ref _taken);
        }

        _events.Writer.TryComplete();
        await _over.CancelAsync(); // a call still under way is given up: nothing waits for it
    }

    // Rounded up: a timer that fires a fraction early would step for nothing, again and again.
    private TimeSpan DueIn(MonotonicTime at)
    {
        if (at == RegistrationStep.Never)
        {
            return Timeout.InfiniteTimeSpan;
        }

        double ms = (at - _clock.Now).TotalMilliseconds;
        return TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(ms)));
    }

    private void Say(RegistrationState before, RegistrationState after, RegistrationEvent happened)
    {
        string instance = $"{after.Wanted.Service}/{after.Wanted.Id}";
        if (after.ToldStamp != 0)
        {
            _accepted.TrySetResult();
        }

        if (after.Refusal is { } refusal && refusal != before.Refusal)
        {
            _accepted.TrySetException(new RegistrationRefusedException(refusal));
            _ = _accepted.Task.Exception; // observed: whoever waits sees it, and if nobody does it is no fault
            _notice(ClientNotice.Refused(refusal));
        }

        if (after.ToldStamp != 0 && (before.ToldStamp == 0 || before.Told != after.Told))
        {
            _notice(ClientNotice.Registered(instance, after.Told));
        }

        if (after.Ended && after.MayBeThere)
        {
            _notice(ClientNotice.Ended(instance, happened is RegistrationEvent.Cancelled));
        }
    }

    private void Do(in RegistrationStep step)
    {
        switch (step.Verb)
        {
            case RegistrationVerb.None:
                break;
            case RegistrationVerb.Abandon:
                _call?.Cancel();
                break;
            default:
                _call?.Dispose(); // the one before has ended: else there would be no new one
                _call = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
                _ = CallAsync(step.Verb, step.State, step.Record, _call.Token);
                break;
        }
    }

    private async Task CallAsync(RegistrationVerb verb, RegistrationState state, Registration? record, CancellationToken abandoned)
    {
        RegistrationEvent answer;
        try
        {
            answer = await _session.CallAsync(
                NameOf(verb),
                (link, cancellation) => SendAsync(link, verb, state, record, cancellation),
                abandoned
            );
        }
        catch (Exception)
        {
            // The session has said why, once; here it only counts that nobody knows whether the call was carried out.
            answer = new RegistrationEvent.CallFailed();
        }

        Tell(answer);
    }

    private static string NameOf(RegistrationVerb verb) =>
        verb switch
        {
            RegistrationVerb.Register => "register",
            RegistrationVerb.Renew => "renew",
            RegistrationVerb.ReadPace => "find",
            RegistrationVerb.ReadAcknowledged => "read_acknowledged",
            RegistrationVerb.Cancel => "cancel",
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "no call"),
        };

    private static async ValueTask<RegistrationEvent> SendAsync(
        SessionLink on,
        RegistrationVerb verb,
        RegistrationState state,
        Registration? record,
        CancellationToken cancellation
    )
    {
        string service = state.Wanted.Service;
        string id = state.Wanted.Id;
        switch (verb)
        {
            case RegistrationVerb.Register:
                RegisterResult result = await on.Link.RegisterAsync(record!, cancellation);
                return result.Error is { } refused
                    ? new RegistrationEvent.Refused(refused)
                    : new RegistrationEvent.Registered(result.Handle, result.Version, on.Number);
            case RegistrationVerb.Renew:
                return await RenewAsync(on, state, cancellation) ? new RegistrationEvent.Renewed() : new RegistrationEvent.Forgotten();
            case RegistrationVerb.ReadPace:
                Instance? own = await on.Link.FindAsync(service, id, cancellation);
                return own is null
                    ? new RegistrationEvent.Forgotten()
                    : new RegistrationEvent.PaceRead(own.LeaseDuration, own.RenewalInterval);
            case RegistrationVerb.ReadAcknowledged:
                return new RegistrationEvent.Acknowledged(await ReadAcknowledgedAsync(on, service, cancellation), on.Number);
            case RegistrationVerb.Cancel:
                await on.Link.CancelAsync(service, id, cancellation);
                return new RegistrationEvent.Cancelled();
            default:
                throw new ArgumentOutOfRangeException(nameof(verb), verb, "no call");
        }
    }

    // A registry that cannot know what its readers have seen (Eureka's) is as one that nobody has acknowledged to: the drain takes its time.
    private static async ValueTask<ulong> ReadAcknowledgedAsync(SessionLink on, string service, CancellationToken cancellation)
    {
        try
        {
            return (await on.Link.ReadAcknowledgedAsync(service, cancellation)).Version.Number;
        }
        catch (LinkException e) when (e.Failure == LinkFailure.NotSupported)
        {
            return 0;
        }
    }

    private static async ValueTask<bool> RenewAsync(SessionLink on, RegistrationState state, CancellationToken cancellation)
    {
        LeaseHandle handle = state.Handle.Link == on.Number ? state.Handle.Handle : default;
        if (!handle.IsNone)
        {
            return await on.Link.RenewAsync(handle, cancellation);
        }

        RenewOutcome outcome = await on.Link.RenewAsync(state.Wanted.Service, state.Wanted.Id, state.ToldStamp, cancellation);
        return outcome is RenewOutcome.Same or RenewOutcome.Older;
    }
}
