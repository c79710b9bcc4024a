namespace Rollcall.Testing.Support.Clients;

/// <summary>The kinds of document that a registry answers with.</summary>
public enum ClientDocument
{
    /// <summary><c>GET apps</c>.</summary>
    Full,

    /// <summary><c>GET apps/delta</c>.</summary>
    Delta,

    /// <summary><c>GET vips/x</c> and <c>GET svips/x</c>.</summary>
    Vip,

    /// <summary><c>GET apps/X</c>.</summary>
    Application,

    /// <summary><c>GET apps/X/id</c> and <c>GET instances/id</c>.</summary>
    Instance,
}
