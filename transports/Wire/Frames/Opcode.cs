namespace Rollcall.Transports.Wire.Frames;

/// <summary>What a frame asks for; its answers carry the same. The table is in WIRE.md.</summary>
internal enum Opcode : byte
{
    /// <summary>First frame of a lane: versions, credentials, wishes.</summary>
    Hello = 0x01,

    /// <summary>A round trip.</summary>
    Ping = 0x02,

    /// <summary>An answer: refused, or not understood.</summary>
    Error = 0x03,

    /// <summary>Registers an instance.</summary>
    Register = 0x10,

    /// <summary>Renews by handle.</summary>
    Renew = 0x11,

    /// <summary>Renews by service and id.</summary>
    RenewByKey = 0x12,

    /// <summary>Renews many by handle.</summary>
    RenewMany = 0x13,

    /// <summary>Removes an instance.</summary>
    Cancel = 0x14,

    /// <summary>Sets the operator's override.</summary>
    SetStatus = 0x15,

    /// <summary>Clears the operator's override.</summary>
    ClearStatus = 0x16,

    /// <summary>Merges pairs into the metadata.</summary>
    SetMetadata = 0x17,

    /// <summary>Reads one instance.</summary>
    Find = 0x20,

    /// <summary>Reads all that a filter selects.</summary>
    ReadSnapshot = 0x21,

    /// <summary>Reads the changes since a version.</summary>
    ReadDelta = 0x22,

    /// <summary>Reads what all subscribers to a service have seen.</summary>
    ReadAcknowledged = 0x23,

    /// <summary>Follows the registry.</summary>
    Watch = 0x30,

    /// <summary>Says which update a watch has applied; not answered.</summary>
    Acknowledge = 0x31,

    /// <summary>Ends a watch.</summary>
    Unwatch = 0x32,

    /// <summary>Of a peer, as all that follow: who it is.</summary>
    PeerHello = 0x40,

    /// <summary>It wants no link.</summary>
    PeerRefusal = 0x41,

    /// <summary>It has warmed up.</summary>
    PeerReady = 0x42,

    /// <summary>It wants changes.</summary>
    FeedRequest = 0x43,

    /// <summary>Changes.</summary>
    FeedBatch = 0x44,

    /// <summary>Changes are applied.</summary>
    FeedAck = 0x45,

    /// <summary>Leases renewed at their home.</summary>
    RenewSet = 0x46,

    /// <summary>Which leases do these numbers mean?</summary>
    HomesRequest = 0x47,

    /// <summary>These.</summary>
    HomesAnswer = 0x48,

    /// <summary>The two are to be compared.</summary>
    RepairRequest = 0x49,

    /// <summary>The digest of all.</summary>
    DigestOffer = 0x4A,

    /// <summary>The digests of the other side.</summary>
    DigestAnswer = 0x4B,

    /// <summary>Asks for coded symbols.</summary>
    SymbolsRequest = 0x4C,

    /// <summary>Coded symbols.</summary>
    SymbolsAnswer = 0x4D,

    /// <summary>Asks for records.</summary>
    ItemsRequest = 0x4E,

    /// <summary>Records.</summary>
    ItemsAnswer = 0x4F,

    /// <summary>Records that the other side lacks.</summary>
    ItemsPush = 0x50,

    /// <summary>They are applied.</summary>
    ItemsPushed = 0x51,

    /// <summary>The two were compared, and made equal.</summary>
    RepairDone = 0x52,
}
