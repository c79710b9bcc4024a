using System.Text;
using Rollcall.Testing.Support.Clients;

namespace Rollcall.Interop.Tests.ClientModels;

/// <summary>
/// A model that refuses nothing proves nothing: each is shown answers that its client is known to break on, made from a good
/// answer by one change.
/// </summary>
/// <remarks>
/// <para> Source: what Spring's mapper and both Java codecs do with each of these was observed on 2026-11-22, with the classes
/// compiled from Netflix/eureka 61acc83d (Jackson 2.14, XStream 1.4.20): all are refused, but for the lease that is no number,
/// after which the XML converter reads the rest of the instance as nothing. </para>
/// </remarks>
public sealed class ModelsRefuseDefectsTests
{
    private const string Spring = "Spring";
    private const string JavaJson = "Java (JSON)";
    private const string JavaXml = "Java (XML)";
    private const string Steeltoe = "Steeltoe";
    private const string Node = "Node";
    private const string Prometheus = "Prometheus";
    private const string Python = "Python";
    private const string FargoJson = "Fargo (JSON)";
    private const string FargoXml = "Fargo (XML)";

    [Theory]
    [InlineData(Spring, "unknown member of an instance",
        "\"hostName\": \"h1.example\",", "\"hostName\": \"h1.example\", \"zone\": \"a\",")]
    [InlineData(Spring, "unknown member of an application", "\"name\": \"DEMO\",", "\"name\": \"DEMO\", \"size\": 1,")]
    [InlineData(Spring, "unknown member of a lease", "\"durationInSecs\": 90,", "\"durationInSecs\": 90, \"expiresAt\": 1,")]
    [InlineData(Spring, "unknown member of a data center", "\"name\": \"MyOwn\"", "\"name\": \"MyOwn\", \"rack\": \"7\"")]
    [InlineData(Spring, "unknown member of a port", "\"$\": 8080,", "\"$\": 8080, \"name\": \"http\",")]
    [InlineData(Spring, "unknown status", "\"status\": \"UP\"", "\"status\": \"DRAINING\"")]
    [InlineData(Spring, "status in lower case", "\"status\": \"UP\"", "\"status\": \"up\"")]
    [InlineData(Spring, "unknown override", "\"overriddenStatus\": \"UNKNOWN\"", "\"overriddenStatus\": \"NONE\"")]
    [InlineData(Spring, "unknown action", "\"actionType\": \"ADDED\"", "\"actionType\": \"EXPIRED\"")]
    [InlineData(Spring, "no status", "\"status\": \"UP\",", "")]
    [InlineData(Spring, "a plain port", "\"port\": { \"$\": 8080, \"@enabled\": \"true\" }", "\"port\": 8080")]
    [InlineData(Spring, "no application", "\"application\":", "\"apps\":")]
    [InlineData(Spring, "application is null", "\"application\": [", "\"application\": null, \"version\": [")]
    [InlineData(Spring, "no data center class", "\"@class\": \"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo\",", "")]
    [InlineData(Spring, "metadata that nests", "\"price$\": \"9\"", "\"price$\": { \"eur\": \"9\" }")]
    [InlineData(Spring, "a second root", "{\n  \"applications\": {", "{ \"warming\": true,\n  \"applications\": {")]
    [InlineData(JavaJson, "unknown object in an instance",
        "\"vipAddress\": \"demo\",", "\"vipAddress\": \"demo\", \"labels\": {},")]
    [InlineData(JavaJson, "unknown array in an instance",
        "\"vipAddress\": \"demo\",", "\"vipAddress\": \"demo\", \"tags\": [1, 2],")]
    [InlineData(JavaJson, "unknown object in an application", "\"name\": \"DEMO\",", "\"name\": \"DEMO\", \"stats\": {},")]
    [InlineData(JavaJson, "a plain port", "\"port\": { \"$\": 8080, \"@enabled\": \"true\" }", "\"port\": 8080")]
    [InlineData(JavaJson, "unknown member of a port", "\"$\": 8080,", "\"$\": 8080, \"name\": \"http\",")]
    [InlineData(JavaJson, "unknown data center class", "InstanceInfo$DefaultDataCenterInfo", "Rack")]
    [InlineData(JavaJson, "unknown data center name", "\"name\": \"MyOwn\"", "\"name\": \"Azure\"")]
    [InlineData(JavaJson, "a port beyond int", "\"$\": 8080,", "\"$\": 8589934592,")]
    [InlineData(JavaJson, "trailing comma", "\"asgName\": \"asg-v001\"", "\"asgName\": \"asg-v001\",")]
    [InlineData(Steeltoe, "a port in quotes", "\"$\": 8080,", "\"$\": \"8080\",")]
    [InlineData(Steeltoe, "a lease in quotes", "\"durationInSecs\": 90,", "\"durationInSecs\": \"90\",")]
    [InlineData(Steeltoe, "metadata that is a number", "\"price$\": \"9\"", "\"price$\": 9")]
    [InlineData(Steeltoe, "a timestamp that is no number", "\"1700000000005\"", "\"soon\"")]
    [InlineData(Steeltoe, "no host", "\"hostName\": \"h1.example\",", "")]
    [InlineData(Steeltoe, "no id", "\"instanceId\": \"i-123\",", "")]
    [InlineData(Steeltoe, "no data center name", "\"name\": \"MyOwn\"", "\"rack\": \"7\"")]
    [InlineData(Steeltoe, "unknown status", "\"status\": \"UP\"", "\"status\": \"DRAINING\"")]
    [InlineData(Node, "no application", "\"application\":", "\"apps\":")]
    [InlineData(Node, "no port", "\"port\": { \"$\": 8080, \"@enabled\": \"true\" },", "")]
    [InlineData(Node, "a port in quotes", "\"$\": 8080,", "\"$\": \"8080\",")]
    [InlineData(Node, "no app", "\"app\": \"DEMO\",", "")]
    [InlineData(Node, "an application without instances", "\"instance\":", "\"instances\":")]
    [InlineData(FargoJson, "a boolean without quotes", "\"@enabled\": \"true\"", "\"@enabled\": true")]
    [InlineData(FargoJson, "no secure port", "\"securePort\": { \"$\": 8443, \"@enabled\": \"false\" },", "")]
    [InlineData(FargoJson, "a lease in quotes", "\"durationInSecs\": 90,", "\"durationInSecs\": \"90\",")]
    [InlineData(FargoJson, "a country in quotes", "\"countryId\": 1,", "\"countryId\": \"1\",")]
    [InlineData(FargoJson, "no version", "\"versions__delta\": \"1\",", "")]
    public void A_JSON_client_refuses(string client, string defect, string good, string bad) =>
        AssertRefused(client, defect, EurekaDocuments.FullJson, good, bad);

    [Theory]
    [InlineData(JavaXml, "an empty version", "<versions__delta>1<", "<versions__delta><")]
    [InlineData(JavaXml, "white space around a port", ">8080<", "> 8080 <")]
    [InlineData(JavaXml, "a lease that is no number", "<durationInSecs>90<", "<durationInSecs>90s<")]
    [InlineData(JavaXml, "an unknown data center", "<name>MyOwn<", "<name>Azure<")]
    [InlineData(JavaXml, "another root", "applications", "registry")]
    [InlineData(JavaXml, "a DTD", "<applications>", "<!DOCTYPE applications []><applications>")]
    [InlineData(Prometheus, "a version that is no number", "<versions__delta>1<", "<versions__delta>v1<")]
    [InlineData(Prometheus, "a port that is no number", ">8080<", ">http<")]
    [InlineData(Prometheus, "a flag that is no boolean", "enabled=\"true\"", "enabled=\"yes\"")]
    [InlineData(Prometheus, "a coordinator that is no boolean", "Server>false<", "Server>no<")]
    [InlineData(Prometheus, "a country that is no number", "<countryId>1<", "<countryId>US<")]
    [InlineData(Prometheus, "a bare ampersand", "h1.example:8080/info", "h1.example:8080/info?a=1&b")]
    [InlineData(Python, "a port without enabled", "<port enabled=\"true\">", "<port>")]
    [InlineData(Python, "a data center without class", " class=\"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo\"", "")]
    [InlineData(Python, "an empty timestamp", "<lastDirtyTimestamp>1700000000005<", "<lastDirtyTimestamp><")]
    [InlineData(Python, "a prefix that nobody declared", "<asgName>asg-v001</asgName>", "<aws:asgName>asg-v001</aws:asgName>")]
    [InlineData(Python, "another root", "applications", "registry")]
    [InlineData(FargoXml, "white space as metadata",
        "<metadata class=\"java.util.Collections$EmptyMap\"/>", "<metadata> </metadata>")]
    [InlineData(FargoXml, "a lease beyond 32 bits", "<durationInSecs>90<", "<durationInSecs>4294967296<")]
    [InlineData(FargoXml, "a port that is no number", ">8080<", ">http<")]
    public void An_XML_client_refuses(string client, string defect, string good, string bad) =>
        AssertRefused(client, defect, EurekaDocuments.FullXml, good, bad);

    [Theory]
    [InlineData(Spring, "\"application\":[]", "\"application\":{}")]
    [InlineData(Spring, "\"application\":[]", "\"application\":[{\"name\":\"DEMO\",\"instance\":{}}]")]
    [InlineData(Node, ",\"application\":[]", "")]
    [InlineData(Node, "\"application\":[]", "\"application\":[{\"name\":\"DEMO\",\"instance\":[]}]")]
    public void An_empty_answer_has_its_shape(string client, string good, string bad) =>
        AssertRefused(client, bad, EurekaDocuments.EmptyJson, good, bad);

    [Theory]
    [InlineData("ADDED", true)]
    [InlineData("DELETED", true)]
    [InlineData("", true)]
    [InlineData("added", false)]
    public void Java_reads_a_status_in_XML_without_case_and_drops_an_unknown_action(string action, bool known)
    {
        string text = EurekaDocuments.FullXml.Replace(">ADDED<", $">{action}<", StringComparison.Ordinal)
            .Replace("<status>UP<", "<status>up<", StringComparison.Ordinal);

        ClientView view = new LegacyJavaXmlReader().Read(ClientDocument.Full, Encoding.UTF8.GetBytes(text));
        ClientInstance seen = view.Instances.Single();

        Assert.Equal("UP", seen.Status);
        Assert.Equal(known ? action : "", seen.Action ?? "");
    }

    private static void AssertRefused(string client, string defect, string document, string good, string bad)
    {
        IClientReader reader = ModelsReadTheJavaServerTests.Reader(client);
        string broken = document.Replace(good, bad, StringComparison.Ordinal);
        Assert.True(broken != document, $"'{defect}' changes nothing: '{good}' does not occur");

        Assert.NotNull(reader.Read(ClientDocument.Full, Encoding.UTF8.GetBytes(document)));
        Assert.Throws<ClientRejectsException>(() => reader.Read(ClientDocument.Full, Encoding.UTF8.GetBytes(broken)));
    }
}
