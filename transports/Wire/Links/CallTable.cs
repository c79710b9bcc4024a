namespace Rollcall.Transports.Wire.Links;

/// <summary>The calls under way on a lane, by correlation id.</summary>
/// <remarks>
/// <para>Owner: one <see cref="ClientLane"/>, under its lock.</para>
/// <para>
/// Shape: an id is a place in an array, plus one. A place is given anew only when its call has had its last frame, and as late as
/// possible, so that an answer that comes twice is seen to answer nothing.
/// </para>
/// <para>Cost: O(1), 0 bytes once grown.</para>
/// </remarks>
internal sealed class CallTable
{
    private readonly Queue<int> _free = new();
    private Call?[] _calls = new Call?[16];
    private int _used;

    /// <summary>Calls under way, watches among them.</summary>
    public int Count => _used - _free.Count;

    /// <summary>Adds a call; returns its correlation id.</summary>
    public uint Add(Call call)
    {
        int place = _used < _calls.Length || !_free.TryDequeue(out int free) ? _used++ : free;
        if (place == _calls.Length)
        {
            Array.Resize(ref _calls, place * 2);
        }

        _calls[place] = call;
        return (uint)place + 1;
    }

    /// <summary>The call with an id; null if there is none.</summary>
    public Call? Find(uint correlation) => correlation - 1 < (uint)_calls.Length ? _calls[correlation - 1] : null;

    /// <summary>An id is free again.</summary>
    public void Remove(uint correlation)
    {
        _calls[correlation - 1] = null;
        _free.Enqueue((int)correlation - 1);
    }

    /// <summary>Takes all out.</summary>
    public Call[] TakeAll()
    {
        Call[] calls = [.. _calls.OfType<Call>()];
        Array.Clear(_calls);
        return calls;
    }
}
