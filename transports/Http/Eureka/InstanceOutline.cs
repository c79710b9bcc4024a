using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Which members an instance has, in which order and of which type: one list for JSON and XML.</summary>
/// <remarks>
/// <para>Nothing may be added: Spring's clients refuse a whole fetch for one member that they do not know.</para>
/// <para>Cost: 0 bytes besides the output; one walk over the attributes and one over the metadata.</para>
/// <para>Source: Netflix's legacy codecs (full) and its Jackson codec with the mini mix-in (compact).</para>
/// </remarks>
internal static class InstanceOutline
{
    /// <summary>Writes the members of an instance, whose object or element the caller has opened.</summary>
    public static void Write<TSink>(ref TSink sink, in InstanceView view, bool compact)
        where TSink : struct, IMemberSink, allows ref struct
    {
        if (compact)
        {
            WriteCompact(ref sink, view);
        }
        else
        {
            WriteFull(ref sink, view);
        }
    }

    private static void WriteFull<TSink>(ref TSink sink, in InstanceView view)
        where TSink : struct, IMemberSink, allows ref struct
    {
        Instance instance = view.Instance;
        var attributes = EurekaAttributes.Of(instance);
        sink.Text(Member.InstanceId, instance.IdUtf8);
        sink.Text(Member.HostName, instance.Utf8(InstanceText.HostName));
        sink.Text(Member.App, instance.Service.Utf8);
        sink.Text(Member.IpAddr, instance.Utf8(InstanceText.Address));
        Optional(ref sink, Member.Sid, attributes.Sid);
        sink.Text(Member.Status, EurekaStatus.Utf8(instance.Status));
        sink.Text(sink.OverriddenStatus, EurekaStatus.Utf8(instance.Override?.Status ?? InstanceStatus.Unknown));
        sink.Port(Member.Port, instance.Port, instance.PortEnabled);
        sink.Port(Member.SecurePort, instance.SecurePort, instance.SecurePortEnabled);
        sink.Number(Member.CountryId, attributes.Country);
        WriteDataCenter(ref sink, instance, attributes, compact: false);
        WriteLease(ref sink, view);
        WriteMetadata(ref sink, instance.Metadata);
        Optional(ref sink, Member.AppGroupName, attributes.Group);
        Optional(ref sink, Member.HomePageUrl, instance, InstanceText.HomePageUrl);
        Optional(ref sink, Member.StatusPageUrl, instance, InstanceText.StatusPageUrl);
        Optional(ref sink, Member.HealthCheckUrl, instance, InstanceText.HealthCheckUrl);
        Optional(ref sink, Member.SecureHealthCheckUrl, instance, InstanceText.SecureHealthCheckUrl);
        Optional(ref sink, Member.VipAddress, instance, InstanceText.Vips);
        Optional(ref sink, Member.SecureVipAddress, instance, InstanceText.SecureVips);
        sink.Text(Member.IsCoordinatingDiscoveryServer, "false"u8);
        sink.NumberAsText(Member.LastUpdatedTimestamp, UpdatedAtMs(view));
        sink.NumberAsText(Member.LastDirtyTimestamp, instance.ClientStamp);
        sink.Text(Member.ActionType, ActionUtf8(view.Kind));
        Optional(ref sink, Member.AsgName, attributes.Asg);
    }

    private static void WriteCompact<TSink>(ref TSink sink, in InstanceView view)
        where TSink : struct, IMemberSink, allows ref struct
    {
        Instance instance = view.Instance;
        var attributes = EurekaAttributes.Of(instance);
        sink.Text(Member.InstanceId, instance.IdUtf8);
        sink.Text(Member.App, instance.Service.Utf8);
        sink.Text(Member.IpAddr, instance.Utf8(InstanceText.Address));
        Optional(ref sink, Member.VipAddress, instance, InstanceText.Vips);
        Optional(ref sink, Member.SecureVipAddress, instance, InstanceText.SecureVips);
        WriteDataCenter(ref sink, instance, attributes, compact: true);
        sink.Text(Member.HostName, instance.Utf8(InstanceText.HostName));
        sink.Text(Member.Status, EurekaStatus.Utf8(instance.Status));
        sink.Number(Member.LastUpdatedTimestamp, UpdatedAtMs(view));
        sink.Text(Member.ActionType, ActionUtf8(view.Kind));
        Optional(ref sink, Member.AsgName, attributes.Asg);
        sink.Port(Member.Port, instance.Port, instance.PortEnabled);
        sink.Port(Member.SecurePort, instance.SecurePort, instance.SecurePortEnabled);
    }

    private static void WriteDataCenter<TSink>(ref TSink sink, Instance instance, EurekaAttributes attributes, bool compact)
        where TSink : struct, IMemberSink, allows ref struct
    {
        bool amazon = attributes.DataCenter.SequenceEqual("Amazon"u8);
        sink.OpenDataCenter(amazon ? EurekaNames.AmazonDataCenterClass : EurekaNames.DefaultDataCenterClass);
        sink.Text(Member.Name, attributes.DataCenter);
        if (amazon)
        {
            sink.OpenMap(Member.Metadata);
            foreach (TextPair pair in instance.Attributes)
            {
                if (
                    EurekaAttributes.TryGetDataCenterKey(pair.Key, out ReadOnlySpan<byte> key)
                    && (!compact || EurekaNames.IsCompactAmazonKey(key))
                )
                {
                    sink.Pair(key, pair.Value);
                }
            }

            sink.Close(Member.Metadata);
        }

        sink.Close(Member.DataCenterInfo);
    }

    private static void WriteLease<TSink>(ref TSink sink, in InstanceView view)
        where TSink : struct, IMemberSink, allows ref struct
    {
        Instance instance = view.Instance;
        sink.Open(Member.LeaseInfo);
        sink.Number(Member.RenewalIntervalInSecs, Seconds(instance.RenewalInterval));
        sink.Number(Member.DurationInSecs, Seconds(instance.LeaseDuration));
        sink.Number(Member.RegistrationTimestamp, instance.RegisteredAtMs);
        sink.Number(Member.LastRenewalTimestamp, view.LastRenewalMs);
        sink.Number(Member.EvictionTimestamp, view.RemovedAtMs);
        sink.Number(Member.ServiceUpTimestamp, instance.ServiceUpAtMs);
        sink.Close(Member.LeaseInfo);
    }

    private static void WriteMetadata<TSink>(ref TSink sink, TextPairs metadata)
        where TSink : struct, IMemberSink, allows ref struct
    {
        if (metadata.Count == 0)
        {
            sink.EmptyMap(Member.Metadata);
            return;
        }

        sink.OpenMap(Member.Metadata);
        foreach (TextPair pair in metadata)
        {
            sink.Pair(pair.Key, pair.Value);
        }

        sink.Close(Member.Metadata);
    }

    private static void Optional<TSink>(ref TSink sink, Member member, Instance instance, InstanceText field)
        where TSink : struct, IMemberSink, allows ref struct
    {
        if (instance.TryGetUtf8(field, out ReadOnlySpan<byte> text))
        {
            sink.Text(member, text);
        }
    }

    private static void Optional<TSink>(ref TSink sink, Member member, OptionalText text)
        where TSink : struct, IMemberSink, allows ref struct
    {
        if (text.IsPresent)
        {
            sink.Text(member, text.Utf8);
        }
    }

    // A removal is an update of its own.
    private static long UpdatedAtMs(in InstanceView view) => view.RemovedAtMs != 0 ? view.RemovedAtMs : view.Instance.UpdatedAtMs;

    // Eureka counts whole seconds, and to its readers 0 means the default.
    private static long Seconds(TimeSpan span) => (span.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;

    private static ReadOnlySpan<byte> ActionUtf8(ChangeKind kind) =>
        kind switch
        {
            ChangeKind.Added => "ADDED"u8,
            ChangeKind.Modified => "MODIFIED"u8,
            _ => "DELETED"u8,
        };
}
