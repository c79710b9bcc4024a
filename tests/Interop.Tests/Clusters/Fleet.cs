using System.Collections.Concurrent;
using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Interop.Tests.Links;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.Clusters;

/// <summary>Owners of many instances: they register ever more, change some, cancel a few, and renew all, whatever becomes of the nodes.</summary>
/// <remarks>
/// <para>
/// As owners do: what is not answered is tried at the next node until one says yes; what a node no longer knows is registered again.
/// </para>
/// <para>Shape: one task for each node, which begins there and goes to the next when that does not answer.</para>
/// </remarks>
internal sealed class Fleet : IAsyncDisposable
{
    private const string Service = "orders";
    private const int AtOnce = 500; // calls under way over one link
    private const int RenewedPerTurn = 200;
    private const int TurnsPerCancel = 10;

    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(50);

    // A node that does not answer for this long is left for the next: one that stands still does not say so.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<ServerProcess> _nodes;
    private readonly Owner[] _owners;
    private readonly CancellationTokenSource _ending = new();
    private Task _work = Task.CompletedTask;

    public Fleet(IReadOnlyList<ServerProcess> nodes)
    {
        _nodes = nodes;
        _owners = [.. nodes.Select((_, number) => new Owner(this, number))];
    }

    /// <summary>Registrations that were acknowledged, those of what a node did not know any more included.</summary>
    public long Acknowledged => _owners.Sum(owner => owner.Acknowledged);

    /// <summary>Calls that a node did not answer, and another did.</summary>
    public long FailedOver => _owners.Sum(owner => owner.FailedOver);

    /// <summary>Instances that a node did not know when their owner renewed them, and that were registered again.</summary>
    public long Returned => _owners.Sum(owner => owner.Returned);

    /// <summary>True: some are cancelled, too. What a node had not yet told its peers is lost if it is killed, so not while one is.</summary>
    public bool Cancels { get; set; }

    /// <summary>Why the ids are not those that they should be: all that was acknowledged, and nothing that was cancelled; null: they are.</summary>
    public string? WhyNotWhole(IReadOnlySet<string> ids)
    {
        string[] missing = [.. _owners.SelectMany(owner => owner.Ids).Select(NameOf).Where(name => !ids.Contains(name))];
        string[] back = [.. _owners.SelectMany(owner => owner.Cancelled).Select(NameOf).Where(ids.Contains)];
        return missing.Length + back.Length == 0
            ? null
            : $"{missing.Length} instances are missing ({string.Join(", ", missing.Take(5))}), {back.Length} cancelled ones are there ({string.Join(", ", back.Take(5))})";
    }

    /// <summary>Registers so many, spread over the nodes.</summary>
    public Task RegisterAsync(int count) => Task.WhenAll(_owners.Select(owner => owner.RegisterAsync(count / _owners.Length, CancellationToken.None)));

    /// <summary>Goes to work until <see cref="StopAsync"/>.</summary>
    public void Start() => _work = Task.WhenAll(_owners.Select(owner => Task.Run(() => owner.WorkAsync(_ending.Token))));

    /// <summary>Waits until every owner has had some more registrations acknowledged.</summary>
    public async Task GoesOnAsync(string meanwhile, int more = 3)
    {
        long[] before = [.. _owners.Select(owner => owner.New)];
        await Wait.UntilAsync(
            () => Task.FromResult(_owners.Zip(before).All(pair => pair.First.New >= pair.Second + more)),
            () => $"{more} more registrations accepted of each owner while {meanwhile}; {string.Join(", ", _owners.Zip(before).Select(pair => pair.First.New - pair.Second))} were"
        );
    }

    /// <summary>Ends the work, and renews everything once more, as every owner does sooner or later.</summary>
    public async Task StopAsync()
    {
        await _ending.CancelAsync();
        await _work;
        await Task.WhenAll(_owners.Select(owner => owner.RenewAllAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Owner owner in _owners)
        {
            await owner.DisposeAsync();
        }

        _ending.Dispose();
    }

    private static string NameOf(string id) => $"{Service.ToUpperInvariant()}/{id}";

    private sealed class Owner(Fleet fleet, int number) : IAsyncDisposable
    {
        private readonly List<string> _ids = []; // acknowledged and not cancelled; of this owner's task
        private readonly List<string> _cancelled = [];
        private IRegistryLink? _link;
        private int _moved; // how often it went to the next node
        private int _next;
        private int _renewed;
        private long _acknowledged;
        private long _new;
        private long _failedOver;
        private long _returned;

        public IReadOnlyList<string> Ids => _ids;

        public IReadOnlyList<string> Cancelled => _cancelled;

        public long Acknowledged => Interlocked.Read(ref _acknowledged);

        public long New => Interlocked.Read(ref _new);

        public long FailedOver => Interlocked.Read(ref _failedOver);

        public long Returned => Interlocked.Read(ref _returned);

        public async Task RegisterAsync(int count, CancellationToken ending)
        {
            string[] ids = [.. Enumerable.Range(0, count).Select(_ => string.Create(CultureInfo.InvariantCulture, $"{number}-{_next++}"))];
            foreach (string[] some in ids.Chunk(AtOnce))
            {
                await CallAsync(link => Task.WhenAll(some.Select(id => SayAsync(link, id, 0))), ending);
                _ids.AddRange(some);
                Interlocked.Add(ref _new, some.Length);
            }
        }

        public async Task RenewAllAsync()
        {
            foreach (string[] some in _ids.ToArray().Chunk(AtOnce))
            {
                await CallAsync(link => RenewAsync(link, some), CancellationToken.None);
            }
        }

        public async Task WorkAsync(CancellationToken ending)
        {
            try
            {
                for (int turn = 0; ; turn++)
                {
                    int movedBefore = _moved;
                    await RegisterAsync(1, ending);

                    // A registration that was not answered may be carried out later, by a node that stood still, and undo the cancel.
                    bool isCertain = _moved == movedBefore;
                    await ChangeAsync(turn, ending);
                    if (fleet.Cancels && isCertain && turn % TurnsPerCancel == 0)
                    {
                        await CancelAsync(_ids[^1], ending);
                    }

                    string[] some = [.. Enumerable.Range(_renewed, RenewedPerTurn).Select(i => _ids[i % _ids.Count])];
                    _renewed = (_renewed + RenewedPerTurn) % _ids.Count;
                    await CallAsync(link => RenewAsync(link, some), ending);
                    await Task.Delay(s_pace, ending);
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // The way it ends: between two calls.
            }
        }

        public ValueTask DisposeAsync() => _link?.DisposeAsync() ?? ValueTask.CompletedTask;

        private Task ChangeAsync(int turn, CancellationToken ending)
        {
            string id = _ids[turn % _ids.Count];
            return CallAsync(link => SayAsync(link, id, turn + 1), ending);
        }

        private async Task CancelAsync(string id, CancellationToken ending)
        {
            WriteResult result = default;
            await CallAsync(async link => result = await link.CancelAsync(Service, id, CancellationToken.None), ending);

            // Unknown: registered at a node that could not tell the others yet. It goes on, as one that nobody cancelled.
            if (result.Error is null)
            {
                _ids.Remove(id);
                _cancelled.Add(id);
            }
        }

        private async Task SayAsync(IRegistryLink link, string id, int turn)
        {
            Registration registration = RegistrationBuilder.Of(Service, id) with
            {
                Metadata = [KeyValuePair.Create("turn", turn.ToString(CultureInfo.InvariantCulture))],
            };
            Assert.Null((await link.RegisterAsync(registration)).Error);
            Interlocked.Increment(ref _acknowledged);
        }

        private async Task RenewAsync(IRegistryLink link, string[] ids)
        {
            RenewOutcome[] outcomes = await Task.WhenAll(ids.Select(id => link.RenewAsync(Service, id).AsTask()));
            string[] unknown = [.. ids.Zip(outcomes).Where(pair => pair.Second == RenewOutcome.Unknown).Select(pair => pair.First)];
            Interlocked.Add(ref _returned, unknown.Length);
            await Task.WhenAll(unknown.Select(id => SayAsync(link, id, 0)));
        }

        // Until a node has answered. A call that was begun is ended: what it did is known, or it is done again.
        private async Task CallAsync(Func<IRegistryLink, Task> call, CancellationToken ending)
        {
            while (true)
            {
                ending.ThrowIfCancellationRequested();
                try
                {
                    using var patience = new CancellationTokenSource(s_patience);
                    _link ??= await Dial.OpenAsync(fleet._nodes[(number + _moved) % fleet._nodes.Count], "tcp", cancellation: patience.Token);
                    await call(_link).WaitAsync(s_patience, CancellationToken.None);
                    return;
                }
                catch (Exception exception) when (exception is LinkException or TimeoutException or OperationCanceledException)
                {
                    Interlocked.Increment(ref _failedOver);
                    await (_link?.DisposeAsync() ?? ValueTask.CompletedTask);
                    _link = null;
                    _moved++;
                    await Task.Delay(s_pace, CancellationToken.None);
                }
            }
        }
    }
}
