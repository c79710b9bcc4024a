using System.Globalization;
using System.Text;
using Rollcall.Core.Model;

namespace Rollcall.Testing.Support;

/// <summary>
/// All that a reader can see of one record, except its times, as one line: two records are equal if their lines are.
/// </summary>
/// <remarks>
/// Shape: <c>name=text</c> pairs ended by <c>;</c>. Text is percent-encoded, so that no separator can occur in it; absent text is
/// <c>~</c>.
/// </remarks>
public static class Portrait
{
    /// <summary>The line of a record that the registry gave out.</summary>
    public static string Of(Instance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var line = new StringBuilder(512);
        Add(line, "service", instance.Service.Text);
        Add(line, "id", instance.Id);
        Add(line, "version", instance.Version);
        Add(line, "last", instance.LastChange);
        Add(line, "own", instance.OwnStatus);
        Add(line, "override", instance.Override?.Status);
        Add(line, "status", instance.Status);
        Add(line, "stamp", instance.ClientStamp);
        Add(line, "lease", instance.LeaseDuration.Ticks);
        Add(line, "interval", instance.RenewalInterval.Ticks);
        Add(line, "port", instance.Port);
        Add(line, "portOn", instance.PortEnabled);
        Add(line, "secure", instance.SecurePort);
        Add(line, "secureOn", instance.SecurePortEnabled);
        Add(line, "weight", instance.Weight);
        foreach (InstanceText field in Enum.GetValues<InstanceText>())
        {
            Add(line, field.ToString(), instance.GetText(field));
        }

        AddPairs(line, "metadata", instance.Metadata.ToArray());
        AddPairs(line, "attributes", instance.Attributes.ToArray());
        return line.ToString();
    }

    /// <summary>The same with its times, its revision and its number: all that another node, or a copy, must have of it.</summary>
    public static string Whole(Instance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var line = new StringBuilder(Of(instance), 768);
        Add(line, "number", instance.Number);
        Add(line, "revision", instance.Revision);
        Add(line, "overrideRevision", instance.Override?.Revision);
        Add(line, "overrideAt", instance.Override?.SetAtMs);
        Add(line, "registeredAt", instance.RegisteredAtMs);
        Add(line, "upAt", instance.ServiceUpAtMs);
        Add(line, "updatedAt", instance.UpdatedAtMs);
        return line.ToString();
    }

    /// <summary>The line that the record of a naive instance must have.</summary>
    public static string Of(NaiveInstance naive)
    {
        ArgumentNullException.ThrowIfNull(naive);
        Registration sent = naive.Sent;
        var line = new StringBuilder(512);
        Add(line, "service", naive.Key.Service);
        Add(line, "id", naive.Key.Id);
        Add(line, "version", naive.Version);
        Add(line, "last", naive.LastChange);
        Add(line, "own", sent.Status);
        Add(line, "override", naive.Override);
        Add(line, "status", naive.Status);
        Add(line, "stamp", naive.Stamp);
        Add(line, "lease", naive.Duration.Ticks);
        Add(line, "interval", naive.Interval.Ticks);
        Add(line, "port", sent.Port);
        Add(line, "portOn", sent.PortEnabled);
        Add(line, "secure", sent.SecurePort);
        Add(line, "secureOn", sent.SecurePortEnabled);
        Add(line, "weight", sent.Weight);
        foreach (InstanceText field in Enum.GetValues<InstanceText>())
        {
            Add(line, field.ToString(), TextOf(sent, field));
        }

        AddPairs(line, "metadata", naive.Metadata);
        AddPairs(line, "attributes", sent.Attributes);
        return line.ToString();
    }

    /// <summary>The value of one field of a line, decoded; null if it is absent.</summary>
    public static string? Field(string line, string name)
    {
        ArgumentNullException.ThrowIfNull(line);
        int start = line.StartsWith(name + "=", StringComparison.Ordinal)
            ? name.Length + 1
            : line.IndexOf($";{name}=", StringComparison.Ordinal) + name.Length + 2;
        string text = line[start..line.IndexOf(';', start)];
        return text == "~" ? null : Uri.UnescapeDataString(text);
    }

    private static string? TextOf(Registration sent, InstanceText field) =>
        field switch
        {
            InstanceText.HostName => sent.HostName,
            InstanceText.Address => sent.Address,
            InstanceText.Vips => sent.Vips,
            InstanceText.SecureVips => sent.SecureVips,
            InstanceText.HomePageUrl => sent.HomePageUrl,
            InstanceText.StatusPageUrl => sent.StatusPageUrl,
            InstanceText.HealthCheckUrl => sent.HealthCheckUrl,
            InstanceText.SecureHealthCheckUrl => sent.SecureHealthCheckUrl,
            InstanceText.Zone => sent.Zone,
            InstanceText.Region => sent.Region,
            _ => throw new ArgumentOutOfRangeException(
                nameof(field),
                field,
                "a text field that the naive registry does not know"
            ),
        };

    private static void AddPairs(StringBuilder line, string name, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        Add(line, name, pairs.Count);
        foreach (KeyValuePair<string, string> pair in pairs)
        {
            Add(line, "k", pair.Key);
            Add(line, "v", pair.Value);
        }
    }

    private static void Add<T>(StringBuilder line, string name, T value)
    {
        string? text = Convert.ToString(value, CultureInfo.InvariantCulture);
        line.Append(name).Append('=').Append(value is null ? "~" : Uri.EscapeDataString(text!)).Append(';');
    }
}
