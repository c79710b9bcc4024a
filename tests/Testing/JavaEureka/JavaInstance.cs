namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>InstanceInfo as Netflix has it: fields that overwrite each other, some of them set by the server.</summary>
internal sealed class JavaInstance
{
    public static readonly string[] Statuses = ["UP", "DOWN", "STARTING", "OUT_OF_SERVICE", "UNKNOWN"];

    /// <summary>Members that are one text, by their JSON name: absent means null.</summary>
    public static readonly string[] TextMembers =
    [
        "instanceId", "hostName", "app", "ipAddr", "sid", "appGroupName", "homePageUrl", "statusPageUrl", "healthCheckUrl",
        "secureHealthCheckUrl", "vipAddress", "secureVipAddress", "asgName",
    ];

    public Dictionary<string, string> Texts { get; init; } = [];

    public string Status { get; set; } = "UP";

    public string Overridden { get; set; } = "UNKNOWN";

    public (int Number, bool Enabled) Port { get; set; } = (7001, true);

    public (int Number, bool Enabled) SecurePort { get; set; } = (7002, false);

    public int Country { get; set; } = 1;

    public string DataCenter { get; set; } = "MyOwn";

    public Dictionary<string, string>? AmazonMetadata { get; set; }

    public int RenewalInterval { get; set; } = 30;

    public int Duration { get; set; } = 90;

    public Dictionary<string, string> Metadata { get; set; } = [];

    public long LastDirty { get; set; }

    public long LastUpdated { get; set; }

    public string? Action { get; set; }

    public string Id => Texts.GetValueOrDefault("instanceId") ?? AmazonMetadata?.GetValueOrDefault("instance-id") ?? Texts.GetValueOrDefault("hostName", "");

    public string App => Texts.GetValueOrDefault("app", "").ToUpperInvariant();

    public string? Vips => Texts.GetValueOrDefault("vipAddress");

    public string? SecureVips => Texts.GetValueOrDefault("secureVipAddress");

    public JavaInstance Copy() => (JavaInstance)MemberwiseClone();
}

/// <summary>A lease as Netflix has it; times in milliseconds since 1970.</summary>
internal sealed class JavaLease(JavaInstance holder, long now)
{
    public JavaInstance Holder { get; set; } = holder;

    public long Registered { get; } = now;

    /// <summary>After a renewal a whole duration ahead: so a renewed lease lives twice as long as it should.</summary>
    public long LastUpdate { get; private set; } = now;

    public long ServiceUp { get; set; }

    public long Evicted { get; private set; }

    public long DurationMs { get; } = holder.Duration * 1_000L;

    public void Renew(long at) => LastUpdate = at + DurationMs;

    public void Cancel(long at) => Evicted = Evicted == 0 ? at : Evicted;

    public bool IsExpired(long at) => Evicted > 0 || at > LastUpdate + DurationMs;
}
