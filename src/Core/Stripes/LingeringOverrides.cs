using Rollcall.Core.Model;

namespace Rollcall.Core.Stripes;

/// <summary>Overrides whose instance expired: kept a while, so that an instance that comes back is still out of service.</summary>
/// <remarks>
/// <para>Owner: one <see cref="Stripe"/>; every call under that stripe's lock.</para>
/// <para>Shape: empty on a registry whose instances do not expire under an override; ends are in the order of adding.</para>
/// </remarks>
internal sealed class LingeringOverrides(TimeSpan linger)
{
    private readonly Dictionary<(string Service, string Id), (StatusOverride Override, MonotonicTime Until)> _byKey = [];
    private readonly Queue<(string Service, string Id, MonotonicTime Until)> _ends = new();

    public void Add(Instance record, StatusOverride overriding, MonotonicTime now)
    {
        MonotonicTime until = now + linger;
        _byKey[(record.Service.Text, record.Id)] = (overriding, until);
        _ends.Enqueue((record.Service.Text, record.Id, until));
    }

    /// <summary>Takes the override of an instance that comes back; null if there is none or its time is over.</summary>
    public StatusOverride? Take(Instance record, MonotonicTime now) =>
        _byKey.Count > 0 && _byKey.Remove((record.Service.Text, record.Id), out var kept) && kept.Until > now ? kept.Override : null;

    public bool Remove(InstanceKey key) =>
        _byKey.Count > 0
        && _byKey.Remove(
            (ServiceName.Canonical(System.Text.Encoding.UTF8.GetString(key.Service)), System.Text.Encoding.UTF8.GetString(key.Id))
        );

    public void Expire(MonotonicTime now)
    {
        while (_ends.TryPeek(out var end) && end.Until <= now)
        {
            _ends.Dequeue();
            if (_byKey.TryGetValue((end.Service, end.Id), out var kept) && kept.Until <= now)
            {
                _byKey.Remove((end.Service, end.Id));
            }
        }
    }
}
