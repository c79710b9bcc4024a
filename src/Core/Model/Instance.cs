using System.Text;
using Rollcall.Core.Snapshots;

namespace Rollcall.Core.Model;

/// <summary>One registered instance as of one <see cref="Version"/>: an immutable record, shared by every reader.</summary>
/// <remarks>
/// <para>Owner: made under its stripe's lock; the setters are used only before the record is published, never after.</para>
/// <para>
/// Shape: an object of 112 bytes; all text in one block (<see cref="TextBlock"/>) kept as what differs from what is
/// expected of its service (<see cref="PackedText"/>); the service's name shared. The id can be read in place; reading other text unpacks the
/// block, once for reads in a row.
/// </para>
/// <para>The lease is elsewhere: a renewal changes no record and no version (<see cref="RegistryService.LastRenewalMs"/>).</para>
/// </remarks>
public sealed class Instance
{
    // The text read last on this thread: a writer of documents asks for a dozen fields of one instance in a row.
    [ThreadStatic]
    private static (Instance? Of, byte[] Block) t_unpacked;

    private byte[] _text; // packed
    private StatusOverride? _override;
    private uint _leaseDurationMs;
    private uint _renewalIntervalMs;

    // Milliseconds since 1970 in 48 bits, which last for 8,900 years: in one object per instance 3 x 2 bytes are 8 with the padding.
    private uint _registeredAtLow;
    private uint _serviceUpAtLow;
    private uint _updatedAtLow;
    private ushort _registeredAtHigh;
    private ushort _serviceUpAtHigh;
    private ushort _updatedAtHigh;
    private ushort _port;
    private ushort _securePort;
    private ushort _weight;

    /// <summary>A record as another node, or a file, tells it.</summary>
    /// <param name="service">Canonical; shared between the instances of a service, or the text takes several times the memory.</param>
    /// <param name="registration">What the owner said. Limits are not checked: the node that accepted it did.</param>
    /// <param name="facts">What the registry added.</param>
    public static Instance Restore(ServiceName service, Registration registration, in InstanceFacts facts) =>
        new(service, registration)
        {
            LeaseIndex = facts.Number,
            Version = facts.Version,
            Revision = facts.Revision,
            Override = facts.Override,
            ClientStamp = registration.ClientStamp ?? 0,
            RegisteredAtMs = facts.RegisteredAtMs,
            ServiceUpAtMs = facts.ServiceUpAtMs,
            UpdatedAtMs = facts.UpdatedAtMs,
            LastChange = facts.LastChange,
            LeaseDuration = registration.LeaseDuration ?? TimeSpan.Zero,
            RenewalInterval = registration.RenewalInterval ?? TimeSpan.Zero,
        };

    /// <summary>What the owner said that the registry takes as it is.</summary>
    internal Instance(ServiceName service, Registration registration)
        : this(service, TextBlock.Pack(registration))
    {
        OwnStatus = registration.Status;
        Port = registration.Port;
        PortEnabled = registration.PortEnabled;
        SecurePort = registration.SecurePort;
        SecurePortEnabled = registration.SecurePortEnabled;
        Weight = registration.Weight;
    }

    internal Instance(ServiceName service, byte[] block)
    {
        Service = service;
        _text = service.Pack(block);
    }

    /// <summary>Service, canonical.</summary>
    public ServiceName Service { get; }

    /// <summary>Id; allocates, see <see cref="IdUtf8"/>.</summary>
    public string Id => Encoding.UTF8.GetString(IdUtf8);

    /// <summary>Id as UTF-8.</summary>
    public ReadOnlySpan<byte> IdUtf8 => TextBlock.Id(_text);

    /// <summary>Version of the registry at which this record came to be.</summary>
    public ulong Version { get; internal set; }

    /// <summary>Place of what the owner said in the cluster's total order. The override has its own.</summary>
    public Revision Revision { get; internal set; }

    /// <summary>The owner's own word.</summary>
    public InstanceStatus OwnStatus { get; internal set; }

    /// <summary>The operator's word, if there is one.</summary>
    public StatusOverride? Override
    {
        get => _override is { IsCleared: false } ? _override : null;
        internal set => _override = value;
    }

    /// <summary>The same, and also one that was cleared.</summary>
    internal StatusOverride? LastOverride => _override;

    /// <summary>What readers go by.</summary>
    public InstanceStatus Status => StatusRule.Effective(OwnStatus, Override);

    /// <summary>The owner's opaque version (Eureka: lastDirtyTimestamp).</summary>
    public long ClientStamp { get; internal set; }

    /// <summary>When the owner registered last, milliseconds since 1970.</summary>
    public long RegisteredAtMs
    {
        get => _registeredAtLow | ((long)_registeredAtHigh << 32);
        internal set => (_registeredAtLow, _registeredAtHigh) = Split(value);
    }

    /// <summary>When the instance was first Up, milliseconds since 1970; 0: never.</summary>
    public long ServiceUpAtMs
    {
        get => _serviceUpAtLow | ((long)_serviceUpAtHigh << 32);
        internal set => (_serviceUpAtLow, _serviceUpAtHigh) = Split(value);
    }

    /// <summary>When this record came to be, milliseconds since 1970.</summary>
    public long UpdatedAtMs
    {
        get => _updatedAtLow | ((long)_updatedAtHigh << 32);
        internal set => (_updatedAtLow, _updatedAtHigh) = Split(value);
    }

    /// <summary>How this record came to be: added or modified.</summary>
    public ChangeKind LastChange { get; internal set; }

    /// <summary>How long a lease lasts after a renewal.</summary>
    public TimeSpan LeaseDuration
    {
        get => TimeSpan.FromMilliseconds(_leaseDurationMs);
        internal set => _leaseDurationMs = (uint)Math.Ceiling(value.TotalMilliseconds);
    }

    /// <summary>How often the owner means to renew, as declared.</summary>
    public TimeSpan RenewalInterval
    {
        get => TimeSpan.FromMilliseconds(_renewalIntervalMs);
        internal set => _renewalIntervalMs = (uint)Math.Ceiling(value.TotalMilliseconds);
    }

    /// <summary>Plain port.</summary>
    public int Port
    {
        get => _port;
        internal set => _port = (ushort)value;
    }

    /// <summary>True if callers may use <see cref="Port"/>.</summary>
    public bool PortEnabled { get; internal set; }

    /// <summary>TLS port.</summary>
    public int SecurePort
    {
        get => _securePort;
        internal set => _securePort = (ushort)value;
    }

    /// <summary>True if callers may use <see cref="SecurePort"/>.</summary>
    public bool SecurePortEnabled { get; internal set; }

    /// <summary>Share of the traffic relative to its peers.</summary>
    public int Weight
    {
        get => _weight;
        internal set => _weight = (ushort)value;
    }

    /// <summary>The owner's pairs, in order.</summary>
    public TextPairs Metadata => TextBlock.Metadata(Text);

    /// <summary>Pairs that only an adapter understands.</summary>
    public TextPairs Attributes => TextBlock.Attributes(Text);

    /// <summary>
    /// Names the instance within one boot of its node, as long as its lease lives; then another may get it. No right to renew: that
    /// needs the whole <see cref="Leases.LeaseHandle"/>.
    /// </summary>
    public uint Number => LeaseIndex;

    /// <summary>Lease slot in the stripe; see <see cref="Leases.LeaseHandle"/>.</summary>
    internal uint LeaseIndex { get; set; }

    /// <summary>All text, unpacked. The array is never written again: spans of it stay valid.</summary>
    internal byte[] Text
    {
        get
        {
            if (!ReferenceEquals(t_unpacked.Of, this))
            {
                t_unpacked = (this, Service.Unpack(_text));
            }

            return t_unpacked.Block;
        }
    }

    /// <summary>True if all text is the same as that of another instance of the service; reads neither.</summary>
    internal bool HasTextOf(Instance other) => _text.AsSpan().SequenceEqual(other._text);

    /// <summary>A text field as UTF-8; empty if absent. Cost: O(fields before it).</summary>
    public ReadOnlySpan<byte> Utf8(InstanceText field) => TextBlock.Field(Text, field, out _);

    /// <summary>A text field as UTF-8; false if absent.</summary>
    public bool TryGetUtf8(InstanceText field, out ReadOnlySpan<byte> text)
    {
        text = TextBlock.Field(Text, field, out bool present);
        return present;
    }

    /// <summary>A text field as a string; null if absent. Allocates.</summary>
    public string? GetText(InstanceText field) =>
        TryGetUtf8(field, out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text) : null;

    /// <summary><c>SERVICE/id</c>.</summary>
    public override string ToString() => $"{Service}/{Id}";

    /// <summary>True if this is the record of <paramref name="key"/>.</summary>
    internal bool Is(InstanceKey key) => IdUtf8.SequenceEqual(key.Id) && Service.Matches(key.Service);

    private static (uint Low, ushort High) Split(long ms)
    {
        ulong held = (ulong)Math.Clamp(ms, 0, (1L << 48) - 1);
        return ((uint)held, (ushort)(held >> 32));
    }

    /// <summary>This record after a change of its status alone.</summary>
    internal Instance With(in Watching.InstanceChange change)
    {
        Instance copy = Copy();
        copy.Version = change.Version;
        copy.OwnStatus = change.OwnStatus;
        copy.Override = change.Override;
        copy.UpdatedAtMs = change.AtMs;
        copy.LastChange = change.Kind;
        copy.NoteUp(change.AtMs);
        return copy;
    }

    /// <summary>If this is the first record of the instance that is Up, it was first Up now.</summary>
    internal void NoteUp(long nowMs)
    {
        if (ServiceUpAtMs == 0 && Status == InstanceStatus.Up)
        {
            ServiceUpAtMs = nowMs;
        }
    }

    /// <summary>True if one of the two lists of virtual addresses differs from that of <paramref name="other"/>, a record of the same instance.</summary>
    internal bool HasOtherAddressesThan(Instance other)
    {
        if (HasTextOf(other))
        {
            return false;
        }

        byte[] theirs = other.Text;
        byte[] own = Text;
        return Differs(InstanceText.Vips) || Differs(InstanceText.SecureVips);

        bool Differs(InstanceText field) =>
            !TextBlock.Field(own, field, out _).SequenceEqual(TextBlock.Field(theirs, field, out _));
    }

    internal Instance Copy() => (Instance)MemberwiseClone();

    internal Instance CopyWithText(byte[] block)
    {
        Instance copy = Copy();
        copy._text = Service.Pack(block);
        return copy;
    }
}
