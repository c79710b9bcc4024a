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

/// <summary>Tells methods apart.</summary>
internal static class Methods
{
    public const string Head = "HEAD";

    /// <summary>The verb of a method, whose case counts (RFC 9110, 9.1).</summary>
    public static Verbs VerbOf(string method) =>
        method switch
        {
            "PUT" => Verbs.Put,
            "GET" or Head => Verbs.Get,
            "POST" => Verbs.Post,
            "DELETE" => Verbs.Delete,
            _ => Verbs.None,
        };
}
