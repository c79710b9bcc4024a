using System.Text;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Bench.Fleet;

/// <summary>Instances as Spring Cloud registers them at Eureka: about 1 kB of JSON each, hosts and addresses all different.</summary>
/// <remarks>
/// Shape: instance i belongs to service i modulo services, so that neighbours in the order of registering are strangers in the
/// order of names, as when machines start. What does not vary between instances is read once by Eureka's own reader from a body
/// that a Spring client sent.
/// </remarks>
/// <param name="services">Services that the instances are spread over.</param>
internal sealed class SpringFleet(int services)
{
    private const int Port = 8080;

    // Odd, so that multiplying by it permutes the 24 bits of an address.
    private const int AddressStep = 0x9E3779;

    private static readonly Registration s_template = ReadTemplate();

    /// <summary>How many services a large installation is taken to have.</summary>
    public const int ServicesOfMany = 5_000;

    /// <summary>Service of instance <paramref name="i"/>, as Spring spells it.</summary>
    public string Service(int i) => $"team-{i % services % 40:00}-service-{i % services:0000}";

    /// <summary>Id of instance <paramref name="i"/>: host, application, port.</summary>
    public string Id(int i) => $"{Host(i)}:{Service(i)}:{Port}";

    /// <summary>What instance <paramref name="i"/> registers.</summary>
    public Registration Registration(int i)
    {
        string host = Host(i);
        string service = Service(i);
        return s_template with
        {
            Service = service,
            Id = $"{host}:{service}:{Port}",
            HostName = host,
            Address = Address(i, '.'),
            Vips = service,
            SecureVips = service,
            HomePageUrl = $"http://{host}:{Port}/",
            StatusPageUrl = $"http://{host}:{Port}/actuator/info",
            HealthCheckUrl = $"http://{host}:{Port}/actuator/health",
            ClientStamp = s_template.ClientStamp + i,
        };
    }

    /// <summary>Key of instance <paramref name="i"/> as a request carries it: service in upper case, then id.</summary>
    public (byte[] Service, byte[] Id) Key(int i) =>
        (Encoding.UTF8.GetBytes(Service(i).ToUpperInvariant()), Encoding.UTF8.GetBytes(Id(i)));

    private static string Host(int i) => $"ip-{Address(i, '-')}.eu-west-1.compute.internal";

    private static string Address(int i, char dot)
    {
        int bits = i * AddressStep;
        return $"10{dot}{(bits >> 16) & 0xFF}{dot}{(bits >> 8) & 0xFF}{dot}{bits & 0xFF}";
    }

    private static Registration ReadTemplate()
    {
        ReadOnlySpan<byte> body = """
            {"instance":{"instanceId":"host:app:8080","hostName":"host","app":"APP","ipAddr":"10.0.0.1","status":"UP",
            "overriddenStatus":"UNKNOWN","port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},"countryId":1,
            "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},
            "leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90,"registrationTimestamp":0,"lastRenewalTimestamp":0,
            "evictionTimestamp":0,"serviceUpTimestamp":0},"metadata":{"management.port":"8080"},"homePageUrl":"http://host:8080/",
            "statusPageUrl":"http://host:8080/actuator/info","healthCheckUrl":"http://host:8080/actuator/health","vipAddress":"app",
            "secureVipAddress":"app","isCoordinatingDiscoveryServer":"false","lastUpdatedTimestamp":"1795334400000",
            "lastDirtyTimestamp":"1795334400000"}}
            """u8;
        return EurekaJsonReader.TryReadRegistration(body, new EurekaLimits(), out Registration? template, out string? problem)
            ? template! with { Metadata = [.. template.Metadata] }
            : throw new InvalidOperationException($"the template of a Spring instance cannot be read: {problem}");
    }
}
