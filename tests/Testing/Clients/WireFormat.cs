namespace Rollcall.Testing.Support.Clients;

/// <summary>The two text formats of Eureka.</summary>
public enum WireFormat
{
    /// <summary>application/json.</summary>
    Json,

    /// <summary>application/xml, what a client without an Accept header gets.</summary>
    Xml,
}
