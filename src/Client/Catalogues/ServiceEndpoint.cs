using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Rollcall.Client.Choosing;
using Rollcall.Core.Model;

namespace Rollcall.Client.Catalogues;

/// <summary>One instance as callers need it: a record of the registry with its texts ready. Immutable.</summary>
/// <remarks>A change of the record makes a new object; what callers have seen of the instance goes on with it.</remarks>
public sealed partial class ServiceEndpoint
{
    private Uri? _uri; // built when first asked for; two threads may build the same twice

    internal ServiceEndpoint(Instance record, InstanceHealth health, VanishCause? held = null)
    {
        Record = record;
        Id = record.Id;
        Zone = Locality(record, InstanceText.Zone, "zone"u8);
        Region = Locality(record, InstanceText.Region, "region"u8) ?? RegionOf(Zone);
        Health = health;
        HeldFor = held;
    }

    private ServiceEndpoint(ServiceEndpoint held, VanishCause cause)
    {
        (Record, Id, Zone, Region, Health, _uri) = (held.Record, held.Id, held.Zone, held.Region, held.Health, held._uri);
        HeldFor = cause;
    }

    /// <summary>The record.</summary>
    public Instance Record { get; }

    /// <summary>Canonical name of the service.</summary>
    public string Service => Record.Service.Text;

    /// <summary>Id.</summary>
    public string Id { get; }

    /// <summary>Zone, by the record or its metadata <c>zone</c>; null: unknown.</summary>
    public string? Zone { get; }

    /// <summary>Region, by the record, its metadata <c>region</c>, or the name of an Amazon zone (<c>eu-west-1a</c>); null: unknown.</summary>
    public string? Region { get; }

    /// <summary>True if it takes traffic, as far as the registry says.</summary>
    public bool IsUp => Record.Status == InstanceStatus.Up;

    /// <summary>Null: the registry has it. Else it does not any more, and the instance is kept for a while: why.</summary>
    public VanishCause? HeldFor { get; }

    /// <summary>Calls of this process under way.</summary>
    public int Pending => Health.Pending;

    /// <summary>
    /// Where to call: by TLS and host name, for which certificates are made, if its TLS port is enabled; else by address and plain port.
    /// </summary>
    public Uri Uri => _uri ??= MakeUri(Record.SecurePortEnabled);

    /// <summary>Where to call without TLS; null if the plain port is not enabled.</summary>
    public Uri? PlainUri =>
        !Record.PortEnabled ? null
        : Record.SecurePortEnabled ? MakeUri(secure: false)
        : Uri;

    /// <summary>
    /// Where to call what was asked for by a scheme: <c>https</c> takes the TLS port alone, <c>http</c> the plain one, and TLS where there is
    /// no other; any other scheme takes TLS where the instance has it. Null: it has no such port.
    /// </summary>
    public Uri? UriFor(string scheme) =>
        scheme switch
        {
            "https" => Record.SecurePortEnabled ? Uri : null,
            "http" => PlainUri ?? Uri,
            _ => Uri,
        };

    internal InstanceHealth Health { get; }

    internal (string Service, string Id) Key => (Service, Id);

    internal IEnumerable<string> Vips => Split(Record.GetText(InstanceText.Vips));

    internal IEnumerable<string> SecureVips => Split(Record.GetText(InstanceText.SecureVips));

    /// <summary>The same instance, kept after the registry has lost it.</summary>
    internal ServiceEndpoint Held(VanishCause cause) => new(this, cause);

    /// <inheritdoc/>
    public override string ToString() => $"{Service}/{Id}";

    private Uri MakeUri(bool secure)
    {
        string host = Record.GetText(secure ? InstanceText.HostName : InstanceText.Address)!;
        // An address of IPv6 has colons and needs brackets; a name never has.
        string bracketed = host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
        int port = secure ? Record.SecurePort : Record.Port;
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"{(secure ? "https" : "http")}://{bracketed}:{port}/"));
    }

    private static string? Locality(Instance record, InstanceText field, ReadOnlySpan<byte> metadataKey) =>
        record.TryGetUtf8(field, out ReadOnlySpan<byte> text) || record.Metadata.TryGet(metadataKey, out text)
            ? Encoding.UTF8.GetString(text)
            : null;

    // Of Amazon's names a zone is its region and a letter; Eureka's clients tell the region so as well.
    private static string? RegionOf(string? zone) => zone is not null && AmazonZone().IsMatch(zone) ? zone[..^1] : null;

    [GeneratedRegex("^[a-z]{2}(-[a-z]+){1,3}-[0-9][a-z]$")]
    private static partial Regex AmazonZone();

    private static string[] Split(string? vips) =>
        vips?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}

/// <summary>Why an instance left the catalogue, or is kept in it although the registry does not have it.</summary>
public enum VanishCause
{
    /// <summary>It was cancelled, by its owner or an operator.</summary>
    Cancelled,

    /// <summary>Its lease ended, and somebody judged that the loss is real.</summary>
    LossAccepted,

    /// <summary>Its lease ended without a word.</summary>
    Expired,

    /// <summary>A full read of the same registry does not have it.</summary>
    NotInFullRead,

    /// <summary>A registry that has started anew, or another one, does not have it: it may not have heard of it yet.</summary>
    OtherRegistry,

    /// <summary>It comes from the file, and no registry has been asked yet.</summary>
    FromFile,
}
