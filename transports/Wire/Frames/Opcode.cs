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
}
