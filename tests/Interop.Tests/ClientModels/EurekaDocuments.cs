using System.Diagnostics.CodeAnalysis;

namespace Rollcall.Interop.Tests.ClientModels;

/// <summary>Answers of the Java server, recorded; the reference page of the protocol shows the same.</summary>
internal static class EurekaDocuments
{
    /// <summary><c>GET apps</c>: one plain instance and one of Amazon.</summary>
    [StringSyntax("json")]
    public const string FullJson =
        """
        {
          "applications": {
            "versions__delta": "1",
            "apps__hashcode": "UP_2_",
            "application": [
              {
                "name": "DEMO",
                "instance": [
                  {
                    "instanceId": "h1:demo:8080",
                    "hostName": "h1.example",
                    "app": "DEMO",
                    "ipAddr": "10.0.0.1",
                    "status": "UP",
                    "overriddenStatus": "UNKNOWN",
                    "port": { "$": 8080, "@enabled": "true" },
                    "securePort": { "$": 8443, "@enabled": "false" },
                    "countryId": 1,
                    "dataCenterInfo": {
                      "@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
                      "name": "MyOwn"
                    },
                    "leaseInfo": {
                      "renewalIntervalInSecs": 30,
                      "durationInSecs": 90,
                      "registrationTimestamp": 1700000000001,
                      "lastRenewalTimestamp": 1700000030002,
                      "evictionTimestamp": 0,
                      "serviceUpTimestamp": 1700000000003
                    },
                    "metadata": { "@class": "java.util.Collections$EmptyMap" },
                    "appGroupName": "GRP",
                    "homePageUrl": "http://h1.example:8080/",
                    "statusPageUrl": "http://h1.example:8080/info",
                    "healthCheckUrl": "http://h1.example:8080/health",
                    "vipAddress": "demo",
                    "secureVipAddress": "demo",
                    "isCoordinatingDiscoveryServer": "false",
                    "lastUpdatedTimestamp": "1700000000004",
                    "lastDirtyTimestamp": "1700000000005",
                    "actionType": "ADDED",
                    "asgName": "asg-v001"
                  },
                  {
                    "instanceId": "i-123",
                    "hostName": "h1.example",
                    "app": "DEMO",
                    "ipAddr": "10.0.0.1",
                    "status": "UP",
                    "overriddenStatus": "UNKNOWN",
                    "port": { "$": 8080, "@enabled": "true" },
                    "securePort": { "$": 8443, "@enabled": "false" },
                    "countryId": 1,
                    "dataCenterInfo": {
                      "@class": "com.netflix.appinfo.AmazonInfo",
                      "name": "Amazon",
                      "metadata": { "instance-id": "i-123", "ami-id": "ami-1", "availability-zone": "us-east-1a",
                                    "public-ipv4": "1.2.3.4", "local-ipv4": "10.0.0.1",
                                    "public-hostname": "ec2.example", "instance-type": "m1" }
                    },
                    "leaseInfo": {
                      "renewalIntervalInSecs": 30, "durationInSecs": 90,
                      "registrationTimestamp": 1700000000001, "lastRenewalTimestamp": 1700000030002,
                      "evictionTimestamp": 0, "serviceUpTimestamp": 1700000000003
                    },
                    "metadata": { "zone_a": "x", "management.port": "8081", "price$": "9" },
                    "vipAddress": "demo",
                    "secureVipAddress": "demo",
                    "isCoordinatingDiscoveryServer": "false",
                    "lastUpdatedTimestamp": "1700000000004",
                    "lastDirtyTimestamp": "1700000000005",
                    "actionType": "ADDED"
                  }
                ]
              }
            ]
          }
        }
        """;

    /// <summary><c>GET apps</c> of an empty registry.</summary>
    [StringSyntax("json")]
    public const string EmptyJson =
        """
        {"applications":{"versions__delta":"1","apps__hashcode":"","application":[]}}
        """;

    /// <summary><c>GET apps</c>, compact. A newer Java server adds a member by accident; this one does not.</summary>
    [StringSyntax("json")]
    public const string CompactJson =
        """
        {"applications":{"application":[{"name":"DEMO",
        "instance":[{"instanceId":"h1:demo:8080","app":"DEMO","ipAddr":"10.0.0.1","vipAddress":"demo","secureVipAddress":"demo",
        "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},
        "hostName":"h1.example","status":"UP","lastUpdatedTimestamp":1700000000004,"actionType":"ADDED","asgName":"asg-v001",
        "port":{"$":8080,"@enabled":"true"},"securePort":{"$":8443,"@enabled":"false"}}]}],
        "versions__delta":"1","apps__hashcode":"UP_1_"}}
        """;

    /// <summary><c>GET apps</c> in XML.</summary>
    [StringSyntax("xml")]
    public const string FullXml =
        """
        <applications>
          <versions__delta>1</versions__delta>
          <apps__hashcode>UP_1_</apps__hashcode>
          <application>
            <name>DEMO</name>
            <instance>
              <instanceId>h1:demo:8080</instanceId>
              <hostName>h1.example</hostName>
              <app>DEMO</app>
              <ipAddr>10.0.0.1</ipAddr>
              <status>UP</status>
              <overriddenstatus>UNKNOWN</overriddenstatus>
              <port enabled="true">8080</port>
              <securePort enabled="false">8443</securePort>
              <countryId>1</countryId>
              <dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo">
                <name>MyOwn</name>
              </dataCenterInfo>
              <leaseInfo>
                <renewalIntervalInSecs>30</renewalIntervalInSecs>
                <durationInSecs>90</durationInSecs>
                <registrationTimestamp>1700000000001</registrationTimestamp>
                <lastRenewalTimestamp>1700000030002</lastRenewalTimestamp>
                <evictionTimestamp>0</evictionTimestamp>
                <serviceUpTimestamp>1700000000003</serviceUpTimestamp>
              </leaseInfo>
              <metadata class="java.util.Collections$EmptyMap"/>
              <appGroupName>GRP</appGroupName>
              <homePageUrl>http://h1.example:8080/</homePageUrl>
              <statusPageUrl>http://h1.example:8080/info</statusPageUrl>
              <healthCheckUrl>http://h1.example:8080/health</healthCheckUrl>
              <vipAddress>demo</vipAddress>
              <secureVipAddress>demo</secureVipAddress>
              <isCoordinatingDiscoveryServer>false</isCoordinatingDiscoveryServer>
              <lastUpdatedTimestamp>1700000000004</lastUpdatedTimestamp>
              <lastDirtyTimestamp>1700000000005</lastDirtyTimestamp>
              <actionType>ADDED</actionType>
              <asgName>asg-v001</asgName>
            </instance>
          </application>
        </applications>
        """;

    /// <summary><c>GET apps</c> in XML: an Amazon data centre, escaped names, escaped text.</summary>
    [StringSyntax("xml")]
    public const string AmazonXml =
        """
        <applications>
          <versions__delta>1</versions__delta>
          <apps__hashcode>UP_1_</apps__hashcode>
          <application>
            <name>DEMO</name>
            <instance>
              <instanceId>i-123</instanceId>
              <hostName>h1.example</hostName>
              <app>DEMO</app>
              <ipAddr>10.0.0.1</ipAddr>
              <status>UP</status>
              <overriddenstatus>UNKNOWN</overriddenstatus>
              <port enabled="true">8080</port>
              <securePort enabled="false">8443</securePort>
              <countryId>1</countryId>
              <dataCenterInfo class="com.netflix.appinfo.AmazonInfo">
                <name>Amazon</name>
                <metadata>
                  <instance-id>i-123</instance-id>
                  <ami-id>ami-1</ami-id>
                  <availability-zone>us-east-1a</availability-zone>
                </metadata>
              </dataCenterInfo>
              <metadata>
                <zone__a>x</zone__a>
                <management.port>8081</management.port>
                <price_->9</price_->
                <a_.0020b>&lt;&amp;&gt;</a_.0020b>
              </metadata>
              <vipAddress>demo</vipAddress>
              <actionType>ADDED</actionType>
            </instance>
          </application>
        </applications>
        """;

    /// <summary><c>GET apps</c> of an empty registry in XML.</summary>
    [StringSyntax("xml")]
    public const string EmptyXml =
        """
        <applications><versions__delta>1</versions__delta><apps__hashcode></apps__hashcode></applications>
        """;

    /// <summary><c>GET apps</c> in XML, compact.</summary>
    [StringSyntax("xml")]
    public const string CompactXml =
        """
        <applications><application><name>DEMO</name><instance>
        <instanceId>h1:demo:8080</instanceId><app>DEMO</app><ipAddr>10.0.0.1</ipAddr>
        <vipAddress>demo</vipAddress><secureVipAddress>demo</secureVipAddress>
        <dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"><name>MyOwn</name></dataCenterInfo>
        <hostName>h1.example</hostName><status>UP</status>
        <lastUpdatedTimestamp>1700000000004</lastUpdatedTimestamp><actionType>ADDED</actionType>
        <asgName>asg-v001</asgName><port enabled="true">8080</port><securePort enabled="false">8443</securePort>
        </instance></application>
        <versions__delta>1</versions__delta><apps__hashcode>UP_1_</apps__hashcode></applications>
        """;
}
