using System.Globalization;
using System.Text;

namespace Rollcall.Core.Model;

/// <summary>What a registration, and an update of metadata, must be: every limit is checked here, for every transport.</summary>
/// <remarks>
/// Text must be writable in every format an adapter may speak: no control characters (line breaks and tabs only in values of
/// pairs), no lone surrogates, no U+FFFE and U+FFFF, which XML cannot carry.
/// </remarks>
internal static class RegistrationRule
{
    // Browsers run these when a page links them; nobody registers them by mistake.
    private static readonly string[] s_refusedSchemes = ["javascript:", "data:", "vbscript:"];

    /// <summary>Null if <paramref name="registration"/> may be taken in.</summary>
    public static RegistryError? Check(Registration registration, RegistryOptions options)
    {
        string what = $"Cannot register {registration.Service}/{registration.Id}";
        return Key(what, registration.Service, registration.Id, options)
            ?? Required(what, "host name", registration.HostName, options.HostBytesMax, nameof(options.HostBytesMax))
            ?? Required(what, "address", registration.Address, options.HostBytesMax, nameof(options.HostBytesMax))
            ?? Line(what, "zone", registration.Zone, options.HostBytesMax, nameof(options.HostBytesMax))
            ?? Line(what, "region", registration.Region, options.HostBytesMax, nameof(options.HostBytesMax))
            ?? Port(what, "port", registration.Port, registration.PortEnabled)
            ?? Port(what, "secure port", registration.SecurePort, registration.SecurePortEnabled)
            ?? Vips(what, registration.Vips, options)
            ?? Vips(what, registration.SecureVips, options)
            ?? Url(what, "home page", registration.HomePageUrl, options)
            ?? Url(what, "status page", registration.StatusPageUrl, options)
            ?? Url(what, "health check", registration.HealthCheckUrl, options)
            ?? Url(what, "secure health check", registration.SecureHealthCheckUrl, options)
            ?? Weight(what, registration.Weight)
            ?? Status(what, registration.Status)
            ?? Status(what, registration.Override ?? InstanceStatus.Unknown)
            ?? Lease(what, registration, options)
            ?? Pairs(what, "metadata", registration.Metadata, options)
            ?? Pairs(what, "attributes", registration.Attributes, options);
    }

    /// <summary>Null if there may be an instance of this name.</summary>
    public static RegistryError? Key(string what, string service, string id, RegistryOptions options) =>
        Required(what, "service name", service, options.ServiceBytesMax, nameof(options.ServiceBytesMax))
        ?? Required(what, "instance id", id, options.IdBytesMax, nameof(options.IdBytesMax));

    /// <summary>Null if these may be an instance's pairs.</summary>
    public static RegistryError? Pairs(string what, string name, IReadOnlyList<KeyValuePair<string, string>> pairs, RegistryOptions options)
    {
        if (pairs.Count > options.MetadataPairsMax)
        {
            return RegistryError.TooLarge(what, name, pairs.Count, options.MetadataPairsMax, "pairs", nameof(options.MetadataPairsMax));
        }

        long bytes = 0;
        var keys = new HashSet<string>(pairs.Count, StringComparer.Ordinal);
        foreach ((string key, string value) in pairs)
        {
            RegistryError? error =
                Required(what, $"{name} key", key, options.MetadataKeyBytesMax, nameof(options.MetadataKeyBytesMax))
                ?? Text(what, $"{name} value of {RegistryError.Shown(key)}", value, lineBreaks: true);
            if (error is not null)
            {
                return error;
            }

            if (!keys.Add(key))
            {
                return RegistryError.Invalid(what, $"{name} key {RegistryError.Shown(key)} occurs twice", "Send each key once.");
            }

            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        return bytes <= options.MetadataBytesMax
            ? null
            : RegistryError.TooLarge(what, name, bytes, options.MetadataBytesMax, "bytes", nameof(options.MetadataBytesMax));
    }

    /// <summary>Null if <paramref name="status"/> is one: a number from a frame may be none.</summary>
    public static RegistryError? Status(string what, InstanceStatus status) =>
        status <= InstanceStatus.Unknown
            ? null
            : RegistryError.Invalid(
                what,
                string.Create(CultureInfo.InvariantCulture, $"status {(int)status} is outside 0..{(int)InstanceStatus.Unknown}"),
                "Send one of them."
            );

    private static RegistryError? Required(string what, string name, string? text, int bytesMax, string option) =>
        string.IsNullOrEmpty(text)
            ? RegistryError.Invalid(what, $"{name} is missing", "Send one.")
            : Line(what, name, text, bytesMax, option);

    private static RegistryError? Line(string what, string name, string? text, int bytesMax, string option)
    {
        if (text is null)
        {
            return null;
        }

        int bytes = Encoding.UTF8.GetByteCount(text);
        return bytes > bytesMax
            ? RegistryError.TooLarge(what, name, bytes, bytesMax, "bytes", option)
            : Text(what, name, text, lineBreaks: false);
    }

    private static RegistryError? Text(string what, string name, string text, bool lineBreaks)
    {
        int plain = text.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        for (int i = plain < 0 ? text.Length : plain; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }

            bool lineBreak = c is '\t' or '\n' or '\r';
            bool bad = (char.IsControl(c) && !(lineBreaks && lineBreak)) || char.IsSurrogate(c) || c is '\uFFFE' or '\uFFFF';
            if (bad)
            {
                string seen = string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4} at position {i}");
                return RegistryError.Invalid(what, $"{name} holds {seen}, which not every format can carry", "Send printable text.");
            }
        }

        return null;
    }

    private static RegistryError? Port(string what, string name, int port, bool enabled)
    {
        int lowest = enabled ? 1 : 0;
        return port >= lowest && port <= ushort.MaxValue
            ? null
            : RegistryError.Invalid(
                what,
                string.Create(CultureInfo.InvariantCulture, $"{name} {port} is outside {lowest}..65535{(enabled ? " while it is enabled" : "")}"),
                enabled ? "Send the port that is bound, or disable it." : "Send 0."
            );
    }

    private static RegistryError? Weight(string what, int weight) =>
        weight is >= 0 and <= ushort.MaxValue
            ? null
            : RegistryError.Invalid(what, string.Create(CultureInfo.InvariantCulture, $"weight {weight} is outside 0..65535"), "Send 100.");

    private static RegistryError? Vips(string what, string? list, RegistryOptions options)
    {
        RegistryError? error = Line(what, "virtual addresses", list, options.VipsBytesMax, nameof(options.VipsBytesMax));
        int count = list is null ? 0 : list.AsSpan().Count(',') + 1;
        return error
            ?? (
                count <= options.VipsMax
                    ? null
                    : RegistryError.TooLarge(what, "virtual addresses", count, options.VipsMax, "addresses", nameof(options.VipsMax))
            );
    }

    private static RegistryError? Url(string what, string name, string? url, RegistryOptions options)
    {
        RegistryError? error = Line(what, name + " URL", url, options.UrlBytesMax, nameof(options.UrlBytesMax));
        if (error is not null || url is null)
        {
            return error;
        }

        string? scheme = s_refusedSchemes.FirstOrDefault(s => url.AsSpan().TrimStart().StartsWith(s, StringComparison.OrdinalIgnoreCase));
        return scheme is null
            ? null
            : RegistryError.Invalid(what, $"{name} URL begins with {scheme}", "Send an http or https URL.");
    }

    private static RegistryError? Lease(string what, Registration registration, RegistryOptions options)
    {
        TimeSpan shortest = TimeSpan.FromSeconds(1);
        return Span(what, "lease", registration.LeaseDuration, shortest, options.LeaseDurationMax)
            ?? Span(what, "renewal interval", registration.RenewalInterval, shortest, options.LeaseDurationMax);
    }

    private static RegistryError? Span(string what, string name, TimeSpan? span, TimeSpan min, TimeSpan max) =>
        span is not { } value || (value >= min && value <= max)
            ? null
            : RegistryError.Invalid(
                what,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} {value.TotalSeconds:0.###} s is outside {min.TotalSeconds:0.###}..{max.TotalSeconds:0.###} s (RegistryOptions.{nameof(RegistryOptions.LeaseDurationMax)})"
                ),
                value < min ? $"Send {min.TotalSeconds:0.###} s or more." : "Send less, or raise the option."
            );
}
