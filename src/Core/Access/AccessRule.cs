namespace Rollcall.Core.Access;

/// <summary>What a caller is to the registry. One caller may be several.</summary>
[Flags]
public enum AccessRoles : byte
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>Reads and watches.</summary>
    Reader = 1,

    /// <summary>Owns instances: registers, renews and cancels those of the services it is bound to.</summary>
    Registrar = 2,

    /// <summary>Acts on anybody's instances, and on the guard.</summary>
    Operator = 4,

    /// <summary>Another registry, passing on what it accepted.</summary>
    Peer = 8,

    /// <summary>All of them: everyone, where no credentials are asked for.</summary>
    All = Reader | Registrar | Operator | Peer,
}

/// <summary>Everything that can be asked of a registry, under the words used everywhere.</summary>
public enum RegistryOperation : byte
{
    /// <summary>Is it alive; asks for no rights.</summary>
    Ping,

    /// <summary>Register.</summary>
    Register,

    /// <summary>Renew, by handle or key.</summary>
    Renew,

    /// <summary>Cancel.</summary>
    Cancel,

    /// <summary>Set or clear the override.</summary>
    SetStatus,

    /// <summary>Merge metadata.</summary>
    SetMetadata,

    /// <summary>Full, service, VIP and instance reads, deltas, acknowledged versions, explain, history, counts.</summary>
    Read,

    /// <summary>Watch, and acknowledge what was seen.</summary>
    Watch,

    /// <summary>Say that a loss held by the guard is real.</summary>
    ConfirmLoss,

    /// <summary>Pass on what another registry accepted.</summary>
    Replicate,
}

/// <summary>Who may do what: the one table.</summary>
public static class AccessRule
{
    /// <summary>The roles that may do it for any service.</summary>
    public static AccessRoles ForAnyService(RegistryOperation operation) =>
        operation switch
        {
            RegistryOperation.Ping => AccessRoles.All,
            RegistryOperation.Read or RegistryOperation.Watch => AccessRoles.All,
            RegistryOperation.Cancel or RegistryOperation.SetStatus or RegistryOperation.SetMetadata => AccessRoles.Operator
                | AccessRoles.Peer,
            RegistryOperation.ConfirmLoss => AccessRoles.Operator,
            _ => AccessRoles.Peer,
        };

    /// <summary>True if a registrar may do it for a service that it is bound to.</summary>
    public static bool ForOwnService(RegistryOperation operation) =>
        operation
            is RegistryOperation.Register
                or RegistryOperation.Renew
                or RegistryOperation.Cancel
                or RegistryOperation.SetStatus
                or RegistryOperation.SetMetadata;
}
