using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

/// <summary>One watch of one link, its mirror, and all updates it was given.</summary>
internal sealed class Watcher : IAsyncDisposable
{
    private readonly Venue _venue;
    private readonly CancellationTokenSource _stop;
    private readonly IAsyncEnumerator<RegistryUpdate> _updates;
    private Task<bool> _asked = Task.FromResult(true);

    public Watcher(Venue venue, IRegistryLink link, InstanceFilter? filter = null, RegistryVersion since = default, RegistryMirror? mirror = null)
    {
        _venue = venue;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(venue.Deadline);
        Filter = filter ?? InstanceFilter.All;
        Mirror = mirror ?? new RegistryMirror();
        _updates = link.WatchAsync(Filter, since, _stop.Token).GetAsyncEnumerator();
    }

    public InstanceFilter Filter { get; }

    public RegistryMirror Mirror { get; }

    public List<RegistryUpdate> Updates { get; } = [];

    /// <summary>Asks for the next update, which acknowledges the one before, and applies it.</summary>
    public async Task<RegistryUpdate> NextAsync()
    {
        _asked = _updates.MoveNextAsync().AsTask();
        if (!await _venue.Soon(_asked, () => $"an update after\n{Difference()}"))
        {
            throw new InvalidOperationException("The watch ended, which it may not.");
        }

        Mirror.Apply(_updates.Current);
        Updates.Add(_updates.Current);
        return _updates.Current;
    }

    /// <summary>Takes updates until the copy is what the registry holds; what was read is in <see cref="Updates"/>.</summary>
    public async Task CatchUpAsync()
    {
        while (Mirror.Version == default || !IsCopy())
        {
            await NextAsync();
        }
    }

    /// <summary>Gives the watch up: an update that is waited for does not come.</summary>
    public Task CancelAsync() => _stop.CancelAsync();

    /// <summary>True if the copy holds exactly what the filter selects in the registry, as it is now.</summary>
    public bool IsCopy() => Expected().SequenceEqual(Seen(), StringComparer.Ordinal);

    /// <summary>What the copy has and should not have, and the other way round.</summary>
    public string Difference() =>
        $"{Filter} at {Mirror.Version.Number} of {_venue.Under.Version}: missing\n{string.Join('\n', Expected().Except(Seen()))}\n"
        + $"not expected\n{string.Join('\n', Seen().Except(Expected()))}";

    private IEnumerable<string> Expected() => Portraits(_venue.Registry.ReadSnapshot().Select(Filter));

    private IEnumerable<string> Seen() => Portraits(Mirror.Instances);

    private static IEnumerable<string> Portraits(IEnumerable<Instance> instances) =>
        instances.Select(Portrait.Whole).Order(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        // A test that fails leaves a question open, and an enumerator may not be disposed of while it is.
        await _stop.CancelAsync();
        await _asked.ContinueWith(_ => { }, TaskScheduler.Default);
        await _updates.DisposeAsync();
        _stop.Dispose();
    }
}
