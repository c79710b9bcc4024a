using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>A client's calls as Eureka can take them.</summary>
internal static class ForEureka
{
    private const string Zone = "zone";
    private const string Region = "region";
    private const string Weight = "weight";
    private const int WeightDefault = 100;

    /// <summary>A registration with what Eureka has no member for in its metadata, where Spring's clients put it too.</summary>
    /// <remarks>What the owner has there itself stays. A stamp that is absent is the time: Java takes its own otherwise, and asks for more.</remarks>
    public static Registration Complete(Registration registration, TimeProvider time)
    {
        List<KeyValuePair<string, string>> metadata = [.. registration.Metadata];
        Add(metadata, Zone, registration.Zone);
        Add(metadata, Region, registration.Region);
        Add(
            metadata,
            Weight,
            registration.Weight == WeightDefault ? null : registration.Weight.ToString(CultureInfo.InvariantCulture)
        );
        return registration with
        {
            Metadata = metadata,
            ClientStamp = registration.ClientStamp ?? time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
    }

    /// <summary>A registration as the encoder takes it.</summary>
    public static InstanceView View(Registration registration)
    {
        var facts = new InstanceFacts(0, 0, default, null, 0, 0, 0, ChangeKind.Added);
        return new InstanceView(Instance.Restore(new ServiceName(registration.Service), registration, facts), ChangeKind.Added, 0, 0);
    }

    /// <summary>Pairs as a query.</summary>
    public static string Query(IReadOnlyList<KeyValuePair<string, string>> pairs) =>
        string.Join('&', pairs.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    /// <summary>A status that is none.</summary>
    public static RegistryError NoStatus(string service, string id, InstanceStatus status) =>
        new(
            RegistryErrorCode.InvalidValue,
            string.Create(CultureInfo.InvariantCulture, $"Cannot set the status of {service}/{id}: status {(int)status} is none. Send one of 0 to 4.")
        );

    /// <summary>Changes that cannot be told.</summary>
    public static RegistryError TooFarBehind(RegistryVersion since) =>
        new(
            RegistryErrorCode.TooFarBehind,
            $"Cannot read changes since version {since}: Eureka tells no versions, and this link knows those after its last full read. Read in full."
        );

    private static void Add(List<KeyValuePair<string, string>> metadata, string key, string? value)
    {
        if (value is not null && !metadata.Exists(pair => pair.Key == key))
        {
            metadata.Add(new(key, value));
        }
    }
}
