using System.Text.Json;

namespace Rollcall.Transports.Http.V1;

/// <summary>Every member of <c>/v1</c>'s JSON that a program reads; named as it is written, but for the first letter.</summary>
internal enum V1Member : byte
{
    /// <summary>Any other: ignored, so that a newer node works with an older reader.</summary>
    Other,
    Kind,
    Version,
    Services,
    Service,
    Instances,
    Changes,
    Id,
    Number,
    Status,
    OwnStatus,
    Override,
    HostName,
    Address,
    Port,
    PortEnabled,
    SecurePort,
    SecurePortEnabled,
    Vips,
    SecureVips,
    HomePageUrl,
    StatusPageUrl,
    HealthCheckUrl,
    SecureHealthCheckUrl,
    Zone,
    Region,
    Weight,
    LeaseDurationMs,
    RenewalIntervalMs,
    ClientStamp,
    Revision,
    RegisteredAtMs,
    ServiceUpAtMs,
    UpdatedAtMs,
    LastChange,
    Metadata,
    Attributes,
    Cause,
    Source,
    AtMs,
    SetAtMs,
    Record,
    Handle,
    Created,
    Outcome,
    Unknown,
    Subscription,
    Subscribers,
    Registry,
    Error,
    Code,
}

/// <summary>The names of members, both ways: the one place.</summary>
internal static class V1Members
{
    private static readonly JsonEncodedText[] s_names =
    [
        .. Enum.GetNames<V1Member>().Select(name => JsonEncodedText.Encode(char.ToLowerInvariant(name[0]) + name[1..])),
    ];

    // By length: a name is compared with the few that are as long.
    private static readonly V1Member[][] s_byLength = ByLength();

    public static JsonEncodedText Name(this V1Member member) => s_names[(int)member];

    /// <summary>The member that the reader stands on.</summary>
    public static V1Member Of(in Utf8JsonReader reader)
    {
        int length = reader.ValueSpan.Length;
        if (reader.ValueIsEscaped || length >= s_byLength.Length)
        {
            return V1Member.Other;
        }

        foreach (V1Member member in s_byLength[length])
        {
            if (reader.ValueSpan.SequenceEqual(s_names[(int)member].EncodedUtf8Bytes))
            {
                return member;
            }
        }

        return V1Member.Other;
    }

    private static V1Member[][] ByLength()
    {
        V1Member[] all = [.. Enum.GetValues<V1Member>().Where(member => member != V1Member.Other)];
        int longest = all.Max(member => s_names[(int)member].EncodedUtf8Bytes.Length);
        return
        [
            .. Enumerable.Range(0, longest + 1).Select(length => all.Where(m => s_names[(int)m].EncodedUtf8Bytes.Length == length).ToArray()),
        ];
    }
}
