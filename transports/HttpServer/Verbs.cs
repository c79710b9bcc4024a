namespace Rollcall.Transports.HttpServer;

/// <summary>Methods of HTTP that something here answers to.</summary>
[Flags]
internal enum Verbs : byte
{
    /// <summary>Any other method.</summary>
    None = 0,

    /// <summary>GET, and HEAD, which is GET without the body.</summary>
    Get = 1,

    /// <summary>POST.</summary>
    Post = 2,

    /// <summary>PUT.</summary>
    Put = 4,

    /// <summary>DELETE.</summary>
    Delete = 8,
}
