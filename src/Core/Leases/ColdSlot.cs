namespace Rollcall.Core.Leases;

/// <summary>What a stripe remembers of a slot beside the lease, in 8 bytes: bits of its key's hash, and marks.</summary>
/// <remarks>Written under the stripe's lock; the hash is read without, around a read of the lease's word.</remarks>
internal struct ColdSlot
{
    private const uint WatchedFlag = 1u << 31;
    private const uint HeldFlag = 1u << 30;

    private const uint AwayFlag = 1u << 29;

    private const uint RestoredFlag = 1u << 28;

    /// <summary>28 bits: a table of a quarter of a thousand million places.</summary>
    public const uint KeyPlaceMask = RestoredFlag - 1;

    private uint _bits;
    private uint _keyCheck;

    /// <summary>The bits of the id's hash that say where the key belongs, so that the table grows without reading a key.</summary>
    public uint Place => Volatile.Read(ref _bits) & KeyPlaceMask;

    /// <summary>Bits of the hash of id and service together.</summary>
    public uint KeyCheck => Volatile.Read(ref _keyCheck);

    /// <summary>Looked at once: counted by the guard.</summary>
    public bool Watched
    {
        readonly get => (_bits & WatchedFlag) != 0;
        set => Set(WatchedFlag, value);
    }

    /// <summary>Past its end and kept by the guard, as of the last look.</summary>
    public bool Held
    {
        readonly get => (_bits & HeldFlag) != 0;
        set => Set(HeldFlag, value);
    }

    /// <summary>True if the home of the lease is another node, or an earlier boot of this one. Read by renewals, without the lock.</summary>
    public bool Away
    {
        get => (Volatile.Read(ref _bits) & AwayFlag) != 0;
        set => Set(AwayFlag, value);
    }

    /// <summary>True if the record is from the file of a former run, and nothing newer was said of it. Read without the lock.</summary>
    public bool Restored
    {
        get => (Volatile.Read(ref _bits) & RestoredFlag) != 0;
        set => Set(RestoredFlag, value);
    }

    /// <summary>Remembers the hash of the key that takes the slot.</summary>
    public void SetKey(uint place, uint keyCheck)
    {
        Volatile.Write(ref _bits, (_bits & ~KeyPlaceMask) | (place & KeyPlaceMask));
        Volatile.Write(ref _keyCheck, keyCheck);
    }

    private void Set(uint flag, bool value) => Volatile.Write(ref _bits, value ? _bits | flag : _bits & ~flag);
}
