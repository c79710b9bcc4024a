using System.Text;

namespace Rollcall.Transports.Tests.Codecs;

/// <summary>Registrations as real clients send them.</summary>
internal static class Samples
{
    /// <summary>Spring's RestClient: nulls said aloud, numbers and truth values bare.</summary>
    public const string Spring = """
        {"instance":{"instanceId":"h:demo:1","app":"DEMO","appGroupName":null,"ipAddr":"1.1.1.1","sid":"na","homePageUrl":null,
        "statusPageUrl":null,"healthCheckUrl":null,"secureHealthCheckUrl":null,"vipAddress":"demo","secureVipAddress":"demo",
        "countryId":1,"dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},
        "hostName":"h","status":"UP","overriddenStatus":"UNKNOWN","leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90,
        "registrationTimestamp":0,"lastRenewalTimestamp":0,"evictionTimestamp":0,"serviceUpTimestamp":0},
        "isCoordinatingDiscoveryServer":false,"lastUpdatedTimestamp":4,"lastDirtyTimestamp":5,"actionType":null,"asgName":null,
        "port":{"$":80,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},
        "metadata":{"@class":"java.util.Collections$EmptyMap"}}}
        """;

    /// <summary>The Node client's README: a plain port, no class, no lease.</summary>
    public const string Node = """
        {"instance":{"app":"jqservice","hostName":"localhost","ipAddr":"127.0.0.1","port":8080,
        "vipAddress":"jq.test.something.com","dataCenterInfo":{"name":"MyOwn"},"status":"UP"}}
        """;

    /// <summary>Steeltoe: nulls left out, time stamps as text, the override in small letters.</summary>
    public const string Steeltoe = """
        {"instance":{"instanceId":"pc:fortunes:5000","app":"FORTUNES","ipAddr":"192.168.56.1","vipAddress":"fortunes",
        "secureVipAddress":"fortunes","hostName":"pc","status":"UP","overriddenstatus":"UNKNOWN",
        "port":{"@enabled":"true","$":5000},"securePort":{"@enabled":"false","$":0},
        "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},
        "leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90},"metadata":{"@class":"java.util.Collections$EmptyMap"},
        "healthCheckUrl":"http://pc:5000/health","statusPageUrl":"http://pc:5000/info","homePageUrl":"http://pc:5000/",
        "isCoordinatingDiscoveryServer":"false","lastUpdatedTimestamp":"1700000000004","lastDirtyTimestamp":"1700000000005"}}
        """;

    /// <summary>A machine of Amazon's, with everything that an instance can have.</summary>
    public const string Everything = """
        {"instance":{
          "instanceId":"i-123","hostName":"h1.example","app":"demo","ipAddr":"10.0.0.1","sid":"s-7","status":"STARTING",
          "overriddenStatus":"OUT_OF_SERVICE","port":{"$":8080,"@enabled":"true"},"securePort":{"$":8443,"@enabled":"true"},
          "countryId":49,
          "dataCenterInfo":{"@class":"com.netflix.appinfo.AmazonInfo","name":"Amazon","metadata":{"instance-id":"i-123",
            "ami-id":"ami-1","availability-zone":"us-east-1a","public-ipv4":"1.2.3.4","local-ipv4":"10.0.0.1",
            "public-hostname":"ec2.example"}},
          "leaseInfo":{"renewalIntervalInSecs":10,"durationInSecs":40,"registrationTimestamp":1700000000001,
            "lastRenewalTimestamp":1700000030002,"evictionTimestamp":0,"serviceUpTimestamp":1700000000003},
          "metadata":{"zone_a":"x","management.port":"8081","price$":"9","weight":"7","1st":"a b"},
          "appGroupName":"grp","homePageUrl":"http://h1.example:8080/","statusPageUrl":"http://h1.example:8080/info",
          "healthCheckUrl":"http://h1.example:8080/health","secureHealthCheckUrl":"https://h1.example:8443/health",
          "vipAddress":"demo,demo2","secureVipAddress":"sdemo","isCoordinatingDiscoveryServer":"false",
          "lastUpdatedTimestamp":"1700000000004","lastDirtyTimestamp":"1700000000005","actionType":"ADDED","asgName":"asg-v001"}}
        """;

    /// <summary><see cref="Everything"/> as XStream writes it.</summary>
    public const string EverythingXml = """
        <instance>
          <instanceId>i-123</instanceId>
          <hostName>h1.example</hostName>
          <app>demo</app>
          <ipAddr>10.0.0.1</ipAddr>
          <sid>s-7</sid>
          <status>STARTING</status>
          <overriddenstatus>OUT_OF_SERVICE</overriddenstatus>
          <port enabled="true">8080</port>
          <securePort enabled="true">8443</securePort>
          <countryId>49</countryId>
          <dataCenterInfo class="com.netflix.appinfo.AmazonInfo">
            <name>Amazon</name>
            <metadata>
              <instance-id>i-123</instance-id>
              <ami-id>ami-1</ami-id>
              <availability-zone>us-east-1a</availability-zone>
              <public-ipv4>1.2.3.4</public-ipv4>
              <local-ipv4>10.0.0.1</local-ipv4>
              <public-hostname>ec2.example</public-hostname>
            </metadata>
          </dataCenterInfo>
          <leaseInfo>
            <renewalIntervalInSecs>10</renewalIntervalInSecs>
            <durationInSecs>40</durationInSecs>
            <registrationTimestamp>1700000000001</registrationTimestamp>
            <lastRenewalTimestamp>1700000030002</lastRenewalTimestamp>
            <evictionTimestamp>0</evictionTimestamp>
            <serviceUpTimestamp>1700000000003</serviceUpTimestamp>
          </leaseInfo>
          <metadata>
            <zone__a>x</zone__a>
            <management.port>8081</management.port>
            <price_->9</price_->
            <weight>7</weight>
            <_.0031st>a b</_.0031st>
          </metadata>
          <appGroupName>grp</appGroupName>
          <homePageUrl>http://h1.example:8080/</homePageUrl>
          <statusPageUrl>http://h1.example:8080/info</statusPageUrl>
          <healthCheckUrl>http://h1.example:8080/health</healthCheckUrl>
          <secureHealthCheckUrl>https://h1.example:8443/health</secureHealthCheckUrl>
          <vipAddress>demo,demo2</vipAddress>
          <secureVipAddress>sdemo</secureVipAddress>
          <isCoordinatingDiscoveryServer>false</isCoordinatingDiscoveryServer>
          <lastUpdatedTimestamp>1700000000004</lastUpdatedTimestamp>
          <lastDirtyTimestamp>1700000000005</lastDirtyTimestamp>
          <actionType>ADDED</actionType>
          <asgName>asg-v001</asgName>
        </instance>
        """;

    /// <summary>The least that is accepted, with other members behind.</summary>
    public static string Json(string members = "") =>
        """{"instance":{"hostName":"h","app":"a","ipAddr":"1.1.1.1","dataCenterInfo":{"name":"MyOwn"}""" + members + "}}";

    /// <summary>The least that is accepted, with other elements behind.</summary>
    public static string Xml(string elements = "") =>
        $"<instance><hostName>h</hostName><app>a</app><ipAddr>1.1.1.1</ipAddr><dataCenterInfo><name>MyOwn</name></dataCenterInfo>"
        + $"{elements}</instance>";

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
