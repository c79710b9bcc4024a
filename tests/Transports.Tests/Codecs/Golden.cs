namespace Rollcall.Transports.Tests.Codecs;

/// <summary>
/// What Netflix's server writes for <see cref="Samples.Everything"/> and <see cref="Samples.Spring"/>, registered when
/// <see cref="Rollcall.Testing.Support.HandClock"/> starts: 1795334400000.
/// </summary>
/// <remarks>Broken into lines here; compared byte for byte without the line breaks and what indents them.</remarks>
internal static class Golden
{
    public static readonly string EverythingJson = Joined(
        """
        {"instanceId":"i-123","hostName":"h1.example","app":"DEMO","ipAddr":"10.0.0.1","sid":"s-7",
        "status":"STARTING","overriddenStatus":"OUT_OF_SERVICE",
        "port":{"$":8080,"@enabled":"true"},"securePort":{"$":8443,"@enabled":"true"},"countryId":49,
        "dataCenterInfo":{"@class":"com.netflix.appinfo.AmazonInfo","name":"Amazon",
          "metadata":{"instance-id":"i-123","ami-id":"ami-1","availability-zone":"us-east-1a","public-ipv4":"1.2.3.4",
            "local-ipv4":"10.0.0.1","public-hostname":"ec2.example"}},
        "leaseInfo":{"renewalIntervalInSecs":10,"durationInSecs":40,"registrationTimestamp":1795334400000,
          "lastRenewalTimestamp":1795334400000,"evictionTimestamp":0,"serviceUpTimestamp":1700000000003},
        "metadata":{"zone_a":"x","management.port":"8081","price$":"9","weight":"7","1st":"a b"},
        "appGroupName":"GRP","homePageUrl":"http://h1.example:8080/","statusPageUrl":"http://h1.example:8080/info",
        "healthCheckUrl":"http://h1.example:8080/health","secureHealthCheckUrl":"https://h1.example:8443/health",
        "vipAddress":"demo,demo2","secureVipAddress":"sdemo","isCoordinatingDiscoveryServer":"false",
        "lastUpdatedTimestamp":"1795334400000","lastDirtyTimestamp":"1700000000005","actionType":"ADDED","asgName":"asg-v001"}
        """
    );

    public static readonly string EverythingCompactJson = Joined(
        """
        {"instanceId":"i-123","app":"DEMO","ipAddr":"10.0.0.1","vipAddress":"demo,demo2","secureVipAddress":"sdemo",
        "dataCenterInfo":{"@class":"com.netflix.appinfo.AmazonInfo","name":"Amazon",
          "metadata":{"instance-id":"i-123","availability-zone":"us-east-1a","public-ipv4":"1.2.3.4",
            "local-ipv4":"10.0.0.1","public-hostname":"ec2.example"}},
        "hostName":"h1.example","status":"STARTING","lastUpdatedTimestamp":1795334400000,"actionType":"ADDED",
        "asgName":"asg-v001",
        "port":{"$":8080,"@enabled":"true"},"securePort":{"$":8443,"@enabled":"true"}}
        """
    );

    public static readonly string EverythingXml = Joined(
        """
        <instance><instanceId>i-123</instanceId><hostName>h1.example</hostName><app>DEMO</app><ipAddr>10.0.0.1</ipAddr>
        <sid>s-7</sid><status>STARTING</status><overriddenstatus>OUT_OF_SERVICE</overriddenstatus>
        <port enabled="true">8080</port><securePort enabled="true">8443</securePort><countryId>49</countryId>
        <dataCenterInfo class="com.netflix.appinfo.AmazonInfo"><name>Amazon</name>
          <metadata><instance-id>i-123</instance-id><ami-id>ami-1</ami-id><availability-zone>us-east-1a</availability-zone>
            <public-ipv4>1.2.3.4</public-ipv4><local-ipv4>10.0.0.1</local-ipv4>
            <public-hostname>ec2.example</public-hostname></metadata>
        </dataCenterInfo>
        <leaseInfo><renewalIntervalInSecs>10</renewalIntervalInSecs><durationInSecs>40</durationInSecs>
          <registrationTimestamp>1795334400000</registrationTimestamp><lastRenewalTimestamp>1795334400000</lastRenewalTimestamp>
          <evictionTimestamp>0</evictionTimestamp><serviceUpTimestamp>1700000000003</serviceUpTimestamp></leaseInfo>
        <metadata><zone__a>x</zone__a><management.port>8081</management.port><price_->9</price_-><weight>7</weight>
          <_.0031st>a b</_.0031st></metadata>
        <appGroupName>GRP</appGroupName><homePageUrl>http://h1.example:8080/</homePageUrl>
        <statusPageUrl>http://h1.example:8080/info</statusPageUrl><healthCheckUrl>http://h1.example:8080/health</healthCheckUrl>
        <secureHealthCheckUrl>https://h1.example:8443/health</secureHealthCheckUrl><vipAddress>demo,demo2</vipAddress>
        <secureVipAddress>sdemo</secureVipAddress><isCoordinatingDiscoveryServer>false</isCoordinatingDiscoveryServer>
        <lastUpdatedTimestamp>1795334400000</lastUpdatedTimestamp><lastDirtyTimestamp>1700000000005</lastDirtyTimestamp>
        <actionType>ADDED</actionType><asgName>asg-v001</asgName></instance>
        """
    );

    public static readonly string EverythingCompactXml = Joined(
        """
        <instance><instanceId>i-123</instanceId><app>DEMO</app><ipAddr>10.0.0.1</ipAddr><vipAddress>demo,demo2</vipAddress>
        <secureVipAddress>sdemo</secureVipAddress>
        <dataCenterInfo class="com.netflix.appinfo.AmazonInfo"><name>Amazon</name>
          <metadata><instance-id>i-123</instance-id><availability-zone>us-east-1a</availability-zone>
            <public-ipv4>1.2.3.4</public-ipv4><local-ipv4>10.0.0.1</local-ipv4>
            <public-hostname>ec2.example</public-hostname></metadata>
        </dataCenterInfo>
        <hostName>h1.example</hostName><status>STARTING</status><lastUpdatedTimestamp>1795334400000</lastUpdatedTimestamp>
        <actionType>ADDED</actionType><asgName>asg-v001</asgName>
        <port enabled="true">8080</port><securePort enabled="true">8443</securePort></instance>
        """
    );

    public static readonly string SpringJson = Joined(
        """
        {"instanceId":"h:demo:1","hostName":"h","app":"DEMO","ipAddr":"1.1.1.1","status":"UP","overriddenStatus":"UNKNOWN",
        "port":{"$":80,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},"countryId":1,
        "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},
        "leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90,"registrationTimestamp":1795334400000,
          "lastRenewalTimestamp":1795334400000,"evictionTimestamp":0,"serviceUpTimestamp":1795334400000},
        "metadata":{"@class":"java.util.Collections$EmptyMap"},
        "vipAddress":"demo","secureVipAddress":"demo","isCoordinatingDiscoveryServer":"false",
        "lastUpdatedTimestamp":"1795334400000","lastDirtyTimestamp":"5","actionType":"ADDED"}
        """
    );

    public static readonly string SpringCompactJson = Joined(
        """
        {"instanceId":"h:demo:1","app":"DEMO","ipAddr":"1.1.1.1","vipAddress":"demo","secureVipAddress":"demo",
        "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},
        "hostName":"h","status":"UP","lastUpdatedTimestamp":1795334400000,"actionType":"ADDED",
        "port":{"$":80,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"}}
        """
    );

    public static readonly string SpringXml = Joined(
        """
        <instance><instanceId>h:demo:1</instanceId><hostName>h</hostName><app>DEMO</app><ipAddr>1.1.1.1</ipAddr>
        <status>UP</status><overriddenstatus>UNKNOWN</overriddenstatus>
        <port enabled="true">80</port><securePort enabled="false">443</securePort><countryId>1</countryId>
        <dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"><name>MyOwn</name></dataCenterInfo>
        <leaseInfo><renewalIntervalInSecs>30</renewalIntervalInSecs><durationInSecs>90</durationInSecs>
          <registrationTimestamp>1795334400000</registrationTimestamp><lastRenewalTimestamp>1795334400000</lastRenewalTimestamp>
          <evictionTimestamp>0</evictionTimestamp><serviceUpTimestamp>1795334400000</serviceUpTimestamp></leaseInfo>
        <metadata class="java.util.Collections$EmptyMap"/>
        <vipAddress>demo</vipAddress><secureVipAddress>demo</secureVipAddress>
        <isCoordinatingDiscoveryServer>false</isCoordinatingDiscoveryServer>
        <lastUpdatedTimestamp>1795334400000</lastUpdatedTimestamp><lastDirtyTimestamp>5</lastDirtyTimestamp>
        <actionType>ADDED</actionType></instance>
        """
    );

    public static readonly string SpringCompactXml = Joined(
        """
        <instance><instanceId>h:demo:1</instanceId><app>DEMO</app><ipAddr>1.1.1.1</ipAddr><vipAddress>demo</vipAddress>
        <secureVipAddress>demo</secureVipAddress>
        <dataCenterInfo class="com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"><name>MyOwn</name></dataCenterInfo>
        <hostName>h</hostName><status>UP</status><lastUpdatedTimestamp>1795334400000</lastUpdatedTimestamp>
        <actionType>ADDED</actionType><port enabled="true">80</port><securePort enabled="false">443</securePort></instance>
        """
    );

    private static string Joined(string lines) => string.Concat(lines.Split('\n').Select(line => line.Trim()));
}
