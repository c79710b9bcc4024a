using System.Globalization;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Http.V1;

/// <summary>Writes what <see cref="V1Reader"/> reads: records, changes, registrations.</summary>
/// <remarks>Absent is what has its default: a text that is not there, an enabled port's mark, an own status that shows, a weight of 100.</remarks>
internal static class V1Writer
{
    private const int WeightDefault = 100;

    private static readonly (InstanceText Field, V1Member Member, Func<Registration, string?> Of)[] s_texts =
    [
        (InstanceText.HostName, V1Member.HostName, r => r.HostName),
        (InstanceText.Address, V1Member.Address, r => r.Address),
        (InstanceText.Vips, V1Member.Vips, r => r.Vips),
        (InstanceText.SecureVips, V1Member.SecureVips, r => r.SecureVips),
        (InstanceText.HomePageUrl, V1Member.HomePageUrl, r => r.HomePageUrl),
        (InstanceText.StatusPageUrl, V1Member.StatusPageUrl, r => r.StatusPageUrl),
        (InstanceText.HealthCheckUrl, V1Member.HealthCheckUrl, r => r.HealthCheckUrl),
        (InstanceText.SecureHealthCheckUrl, V1Member.SecureHealthCheckUrl, r => r.SecureHealthCheckUrl),
        (InstanceText.Zone, V1Member.Zone, r => r.Zone),
        (InstanceText.Region, V1Member.Region, r => r.Region),
    ];

    /// <summary>A record as an object; its service is said by what stands around it, unless <paramref name="named"/>.</summary>
    public static void WriteInstance(Utf8JsonWriter json, Instance instance, bool named, bool provisional = false)
    {
        json.WriteStartObject();
        if (named)
        {
            json.WriteString(V1Member.Service.Name(), instance.Service.Utf8);
        }

        json.WriteString(V1Member.Id.Name(), instance.IdUtf8);
        json.WriteNumber(V1Member.Number.Name(), instance.Number);
        WriteStatus(json, instance);
        foreach ((InstanceText field, V1Member member, _) in s_texts)
        {
            if (instance.TryGetUtf8(field, out ReadOnlySpan<byte> text))
            {
                json.WriteString(member.Name(), text);
            }
        }

        WritePorts(json, instance.Port, instance.PortEnabled, instance.SecurePort, instance.SecurePortEnabled);
        WriteWeight(json, instance.Weight);
        json.WriteNumber(V1Member.LeaseDurationMs.Name(), (long)instance.LeaseDuration.TotalMilliseconds);
        json.WriteNumber(V1Member.RenewalIntervalMs.Name(), (long)instance.RenewalInterval.TotalMilliseconds);
        json.WriteNumber(V1Member.ClientStamp.Name(), instance.ClientStamp);
        json.WriteNumber(V1Member.Version.Name(), instance.Version);
        json.WriteString(V1Member.Revision.Name(), V1Revision.Text(instance.Revision));
        json.WriteNumber(V1Member.RegisteredAtMs.Name(), instance.RegisteredAtMs);
        if (instance.ServiceUpAtMs != 0)
        {
            json.WriteNumber(V1Member.ServiceUpAtMs.Name(), instance.ServiceUpAtMs);
        }

        json.WriteNumber(V1Member.UpdatedAtMs.Name(), instance.UpdatedAtMs);
        if (instance.LastChange != ChangeKind.Added)
        {
            json.WriteString(V1Member.LastChange.Name(), V1Words.Of(instance.LastChange));
        }

        WritePairs(json, V1Member.Metadata, instance.Metadata);
        WritePairs(json, V1Member.Attributes, instance.Attributes);
        if (provisional)
        {
            json.WriteBoolean("provisional", true);
        }

        json.WriteEndObject();
    }

    /// <summary>A change as an object. It names the instance for people; programs go by the number.</summary>
    public static void WriteChange(Utf8JsonWriter json, Instance record, in InstanceChange change)
    {
        json.WriteStartObject();
        json.WriteNumber(V1Member.Version.Name(), change.Version);
        json.WriteString(V1Member.Kind.Name(), V1Words.Of(change.Kind));
        json.WriteString(V1Member.Cause.Name(), V1Words.Of(change.Cause));
        json.WriteString(V1Member.Source.Name(), V1Words.Of(change.Source));
        json.WriteNumber(V1Member.AtMs.Name(), change.AtMs);
        json.WriteString(V1Member.Service.Name(), record.Service.Utf8);
        json.WriteString(V1Member.Id.Name(), record.IdUtf8);
        json.WriteNumber(V1Member.Number.Name(), change.Number);
        if (change.Record is not null)
        {
            json.WritePropertyName(V1Member.Record.Name());
            WriteInstance(json, change.Record, named: false);
        }
        else
        {
            if (change.Kind != ChangeKind.Removed)
            {
                WriteStatus(json, record);
            }

            json.WriteString(V1Member.Revision.Name(), V1Revision.Text(change.Revision));
        }

        json.WriteEndObject();
    }

    /// <summary>A registration as an object.</summary>
    public static void WriteRegistration(Utf8JsonWriter json, Registration registration)
    {
        json.WriteStartObject();
        json.WriteString(V1Member.Service.Name(), registration.Service);
        json.WriteString(V1Member.Id.Name(), registration.Id);
        json.WriteString(V1Member.Status.Name(), V1Words.Of(registration.Status));
        foreach ((_, V1Member member, Func<Registration, string?> of) in s_texts)
        {
            if (of(registration) is { } text)
            {
                json.WriteString(member.Name(), text);
            }
        }

        WritePorts(json, registration.Port, registration.PortEnabled, registration.SecurePort, registration.SecurePortEnabled);
        WriteWeight(json, registration.Weight);
        WriteDuration(json, V1Member.LeaseDurationMs, registration.LeaseDuration);
        WriteDuration(json, V1Member.RenewalIntervalMs, registration.RenewalInterval);
        if (registration.ClientStamp is { } stamp)
        {
            json.WriteNumber(V1Member.ClientStamp.Name(), stamp);
        }

        WritePairs(json, V1Member.Metadata, registration.Metadata);
        WritePairs(json, V1Member.Attributes, registration.Attributes);
        json.WriteEndObject();
    }

    /// <summary>Pairs as an object, in order.</summary>
    public static void WritePairs(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartObject();
        foreach ((string key, string value) in pairs)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteStatus(Utf8JsonWriter json, Instance instance)
    {
        json.WriteString(V1Member.Status.Name(), EurekaStatus.Utf8(instance.Status));
        if (instance.OwnStatus != instance.Status)
        {
            json.WriteString(V1Member.OwnStatus.Name(), EurekaStatus.Utf8(instance.OwnStatus));
        }

        if (instance.Override is { } overriding)
        {
            json.WriteStartObject(V1Member.Override.Name());
            json.WriteString(V1Member.Status.Name(), EurekaStatus.Utf8(overriding.Status));
            json.WriteNumber(V1Member.SetAtMs.Name(), overriding.SetAtMs);
            json.WriteString(V1Member.Revision.Name(), V1Revision.Text(overriding.Revision));
            json.WriteEndObject();
        }
    }

    private static void WritePorts(Utf8JsonWriter json, int port, bool enabled, int securePort, bool secureEnabled)
    {
        WritePort(json, V1Member.Port, V1Member.PortEnabled, port, enabled);
        WritePort(json, V1Member.SecurePort, V1Member.SecurePortEnabled, securePort, secureEnabled);
    }

    private static void WritePort(Utf8JsonWriter json, V1Member number, V1Member mark, int port, bool enabled)
    {
        if (port != 0 || enabled)
        {
            json.WriteNumber(number.Name(), port);
            if (!enabled)
            {
                json.WriteBoolean(mark.Name(), false);
            }
        }
    }

    private static void WriteWeight(Utf8JsonWriter json, int weight)
    {
        if (weight != WeightDefault)
        {
            json.WriteNumber(V1Member.Weight.Name(), weight);
        }
    }

    private static void WriteDuration(Utf8JsonWriter json, V1Member member, TimeSpan? duration)
    {
        if (duration is { } span)
        {
            json.WriteNumber(member.Name(), (decimal)span.Ticks / TimeSpan.TicksPerMillisecond);
        }
    }

    private static void WritePairs(Utf8JsonWriter json, V1Member member, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        if (pairs.Count > 0)
        {
            json.WritePropertyName(member.Name());
            WritePairs(json, pairs);
        }
    }

    private static void WritePairs(Utf8JsonWriter json, V1Member member, TextPairs pairs)
    {
        if (pairs.Count == 0)
        {
            return;
        }

        json.WriteStartObject(member.Name());
        foreach (TextPair pair in pairs)
        {
            json.WriteString(pair.Key, pair.Value);
        }

        json.WriteEndObject();
    }
}

/// <summary>A revision as text: epoch, clock and node, in hexadecimal, with dots between.</summary>
internal static class V1Revision
{
    public static string Text(Revision revision) =>
        string.Create(CultureInfo.InvariantCulture, $"{revision.Epoch:x}.{revision.Clock:x}.{revision.Node:x}");

    public static bool TryParse(ReadOnlySpan<char> text, out Revision revision)
    {
        revision = default;
        Span<Range> parts = stackalloc Range[4];
        if (
            text.Split(parts, '.') != 3
            || !uint.TryParse(text[parts[0]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint epoch)
            || !ulong.TryParse(text[parts[1]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong clock)
            || !uint.TryParse(text[parts[2]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint node)
        )
        {
            return false;
        }

        revision = new Revision(epoch, clock, node);
        return true;
    }
}
