using Microsoft.Extensions.Primitives;

namespace Rollcall.Transports.HttpServer;

/// <summary>Header names and values of HTTP and Eureka, made once.</summary>
internal static class Names
{
    public const string Reason = "X-Rollcall-Reason";
    public const string Version = "X-Rollcall-Version";
    public const string Region = "X-Rollcall-Region";
    public const string Replication = "x-netflix-discovery-replication";
    public const string EurekaAccept = "X-Eureka-Accept";
    public const string Compact = "compact";

    public static readonly StringValues Json = "application/json";
    public static readonly StringValues Xml = "application/xml";
    public static readonly StringValues Html = "text/html; charset=utf-8";
    public static readonly StringValues PlainText = "text/plain; charset=utf-8";
    public static readonly StringValues NoSniff = "nosniff";
    public static readonly StringValues Gzip = "gzip";
    public static readonly StringValues InflatableCodings = "gzip, deflate, identity";
    public static readonly StringValues NoCache = "no-cache";
    public static readonly StringValues NoStore = "no-store";
    public static readonly StringValues VaryDocument = "Accept, Accept-Encoding, X-Eureka-Accept";
    public static readonly StringValues VaryCoding = "Accept-Encoding";
    public static readonly StringValues EventStream = "text/event-stream";
    public static readonly StringValues No = "no";
    public static readonly StringValues VaryAccept = "Accept";
    public static readonly StringValues Close = "close";
    public static readonly StringValues NoReferrer = "no-referrer";
    public static readonly StringValues Deny = "DENY";
}
