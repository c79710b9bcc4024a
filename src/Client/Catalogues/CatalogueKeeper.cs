using Rollcall.Client.Choosing;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;

namespace Rollcall.Client.Catalogues;

/// <summary>Makes each next catalogue from what the registry sends, and keeps what vanished without a word for a while.</summary>
/// <remarks>
/// <para>Owner: writers take turns under one lock; <see cref="Current"/> by anyone.</para>
/// <para>I1: an instance is in the catalogue if the registry has it, or if it is in <see cref="_heldUntil"/>; never both.</para>
/// <para>Cost: O(changes + names + instances of the services touched) per update; a snapshot O(instances).</para>
/// </remarks>
internal sealed class CatalogueKeeper
{
    private static readonly MonotonicTime s_never = new(long.MaxValue);

    private readonly ClientOptions _options;
    private readonly Action<ClientNotice> _notice;
    private readonly Lock _writing = new(); // guards all below
    private readonly Dictionary<uint, ServiceEndpoint> _byNumber = [];
    private readonly Dictionary<(string Service, string Id), ServiceEndpoint> _byKey = [];
    private readonly Dictionary<(string Service, string Id), MonotonicTime> _heldUntil = [];
    private Catalogue _current;

    public CatalogueKeeper(ClientOptions options, Action<ClientNotice> notice)
    {
        _options = options;
        _notice = notice;
        _current = Catalogue.Empty(options.Follow);
    }

    /// <summary>Raised after a catalogue with another content is current, on the writer's thread. Handlers return at once.</summary>
    public event Action? Changed;

    /// <summary>The catalogue.</summary>
    public Catalogue Current => Volatile.Read(ref _current);

    /// <summary>Takes an update in.</summary>
    /// <param name="update">The update.</param>
    /// <param name="copy">What the registry holds with it.</param>
    /// <param name="now">Now.</param>
    public void Take(RegistryUpdate update, RegistryMirror copy, MonotonicTime now)
    {
        lock (_writing)
        {
            if (update.Kind == UpdateKind.Progress)
            {
                Volatile.Write(ref _current, _current.At(update.Version));
                return;
            }

            var batch = new Batch(_current.Edit(), []);
            if (update.Kind == UpdateKind.Snapshot)
            {
                TakeSnapshot(update, batch);
            }

            foreach (InstanceChange change in update.Changes)
            {
                TakeChange(change, copy, batch);
            }

            Catalogue next = batch.Edit.Finish(update.Version);
            Volatile.Write(ref _current, batch.Lost.Count == 0 ? next : Judge(next, batch.Lost.Values, now));
        }

        Changed?.Invoke();
    }

    /// <summary>Takes what a file says, for as long as no registry is heard.</summary>
    public void TakeFile(IEnumerable<Instance> instances)
    {
        lock (_writing)
        {
            CatalogueEdit edit = _current.Edit();
            foreach (Instance record in instances)
            {
                var endpoint = new ServiceEndpoint(record, new InstanceHealth(), VanishCause.FromFile);
                _heldUntil[endpoint.Key] = s_never;
                edit.Put(_byKey.GetValueOrDefault(endpoint.Key), endpoint, null);
                _byKey[endpoint.Key] = endpoint;
            }

            Volatile.Write(ref _current, edit.Finish(RegistryVersion.None));
        }

        Changed?.Invoke();
    }

    /// <summary>Lets go of what has been kept long enough. To be called now and then while the registry is heard, and only then.</summary>
    public void Release(MonotonicTime now)
    {
        lock (_writing)
        {
            (string Service, string Id)[] due = [.. _heldUntil.Where(held => held.Value <= now).Select(held => held.Key)];
            if (due.Length == 0)
            {
                return;
            }

            CatalogueEdit edit = _current.Edit();
            foreach ((string Service, string Id) key in due)
            {
                Drop(_byKey[key], _byKey[key].HeldFor!.Value, edit);
            }

            Volatile.Write(ref _current, edit.Finish(_current.Version));
        }

        Changed?.Invoke();
    }

    private void TakeSnapshot(RegistryUpdate update, Batch batch)
    {
        bool sameBoot = update.Version.Epoch == _current.Version.Epoch;
        _byNumber.Clear();
        var there = new HashSet<(string, string)>(update.Instances.Count);
        foreach (Instance record in update.Instances)
        {
            there.Add(Add(record, batch).Key);
        }

        foreach (ServiceEndpoint gone in _byKey.Values.Where(endpoint => !there.Contains(endpoint.Key)).ToArray())
        {
            // What is held already is judged again, but its time does not begin anew.
            batch.Lost[gone.Key] = new(gone, sameBoot ? VanishCause.NotInFullRead : VanishCause.OtherRegistry);
        }
    }

    private void TakeChange(in InstanceChange change, RegistryMirror copy, Batch batch)
    {
        if (change.Kind == ChangeKind.Removed)
        {
            if (_byNumber.Remove(change.Number, out ServiceEndpoint? gone))
            {
                batch.Lost[gone.Key] = new(gone, CauseOf(change.Cause));
            }
        }
        else if ((change.Record ?? copy.Find(change.Number)) is { } record)
        {
            Add(record, batch);
        }
    }

    private ServiceEndpoint Add(Instance record, Batch batch)
    {
        string id = record.Id;
        ServiceEndpoint? before = _byKey.GetValueOrDefault((record.Service.Text, id));
        var after = new ServiceEndpoint(record, before?.Health ?? new InstanceHealth());
        _byNumber[record.Number] = after;
        _byKey[after.Key] = after;
        _heldUntil.Remove(after.Key);
        batch.Lost.Remove(after.Key);
        batch.Edit.Put(before, after, null);
        return after;
    }

    /// <summary>Lets the guard decide about what left, service by service.</summary>
    private Catalogue Judge(Catalogue next, IEnumerable<Loss> losses, MonotonicTime now)
    {
        CatalogueEdit edit = next.Edit();
        foreach (IGrouping<string, Loss> ofService in losses.GroupBy(loss => loss.Endpoint.Service, StringComparer.Ordinal))
        {
            JudgeService(next.Find(ofService.Key)!, ofService.ToDictionary(loss => loss.Endpoint.Key), now, edit);
        }

        return edit.Finish(next.Version);
    }

    private void JudgeService(EndpointList all, Dictionary<(string Service, string Id), Loss> losses, MonotonicTime now, CatalogueEdit edit)
    {
        int left = 0;
        int wordless = 0;
        foreach (ServiceEndpoint endpoint in all.Endpoints)
        {
            bool lost = losses.TryGetValue(endpoint.Key, out Loss loss);
            left += endpoint.IsUp && !lost && endpoint.HeldFor is null ? 1 : 0;
            wordless += endpoint.IsUp && (lost ? !EmptyListGuard.IsWord(loss.Cause) : endpoint.HeldFor is not null) ? 1 : 0;
        }

        bool holds = _options.HoldVanished > TimeSpan.Zero && EmptyListGuard.Holds(left, wordless, _options.HoldShareMin);
        int held = 0;
        foreach ((ServiceEndpoint endpoint, VanishCause cause) in losses.Values)
        {
            if (holds && endpoint.IsUp && !EmptyListGuard.IsWord(cause))
            {
                Hold(endpoint, cause, now, edit);
                held++;
            }
            else
            {
                Drop(endpoint, cause, edit);
            }
        }

        if (held > 0)
        {
            _notice(ClientNotice.Held(all.Name, held, left, _options.HoldVanished));
        }
    }

    private void Hold(ServiceEndpoint endpoint, VanishCause cause, MonotonicTime now, CatalogueEdit edit)
    {
        ServiceEndpoint held = endpoint.Held(cause);
        MonotonicTime until = _heldUntil.GetValueOrDefault(endpoint.Key, s_never);
        _heldUntil[endpoint.Key] = until == s_never ? now + _options.HoldVanished : until;
        _byKey[endpoint.Key] = held;
        edit.Put(endpoint, held, null);
    }

    private void Drop(ServiceEndpoint endpoint, VanishCause cause, CatalogueEdit edit)
    {
        _heldUntil.Remove(endpoint.Key);
        _byKey.Remove(endpoint.Key);
        edit.Put(endpoint, null, cause);
    }

    private static VanishCause CauseOf(ChangeCause cause) =>
        cause switch
        {
            ChangeCause.Expired => VanishCause.Expired,
            ChangeCause.ExpiredAfterGuard => VanishCause.LossAccepted,
            _ => VanishCause.Cancelled, // by its owner or an operator; or it left the filter, at somebody's word
        };

    /// <summary>An instance that left, and why.</summary>
    private readonly record struct Loss(ServiceEndpoint Endpoint, VanishCause Cause);

    /// <summary>One update while it is taken in.</summary>
    private sealed record Batch(CatalogueEdit Edit, Dictionary<(string Service, string Id), Loss> Lost);
}
