using System.Text.Json;

namespace Rollcall.Testing.Support.Clients;

/// <summary>How both JSON codecs of Java read <c>dataCenterInfo</c>: a polymorphic bean whose <c>@class</c> decides.</summary>
/// <remarks>
/// <para>Source: Netflix <c>DataCenterInfo</c> (type by property), <c>DataCenterTypeInfoResolver</c>, <c>MyDataCenterInfo</c>,
/// <c>StringInterningAmazonInfoBuilder</c>.</para>
/// </remarks>
internal sealed record JavaDataCenter(string? Name, IReadOnlyDictionary<string, string?>? Metadata)
{
    private const string Amazon = "com.netflix.appinfo.AmazonInfo";

    private static readonly string[] OwnClasses =
        ["com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "com.netflix.appinfo.MyDataCenterInfo"];

    public static JavaDataCenter Read(JacksonBean bean, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("@class", out JsonElement type))
        {
            throw bean.Reject("dataCenterInfo has no @class");
        }

        return bean.Text(type, "dataCenterInfo.@class") switch
        {
            Amazon => ReadAmazon(bean, value),
            { } name when OwnClasses.Contains(name) => ReadOwn(bean, value),
            var other => throw bean.Reject($"dataCenterInfo.@class is unknown: {other}"),
        };
    }

    private static JavaDataCenter ReadOwn(JacksonBean bean, JsonElement value)
    {
        string? name = null;
        foreach (JsonProperty member in value.EnumerateObject().Where(m => m.Name != "@class"))
        {
            name = member.Name == "name"
                ? bean.Enum(member.Value, JavaEnums.DataCenter, "dataCenterInfo.name")
                : throw bean.Reject($"unknown member dataCenterInfo.{member.Name}");
        }

        return new JavaDataCenter(name, null);
    }

    /// <summary>The name is not looked at; unknown scalars are skipped, unknown objects derail the builder.</summary>
    private static JavaDataCenter ReadAmazon(JacksonBean bean, JsonElement value)
    {
        IReadOnlyDictionary<string, string?> metadata = new Dictionary<string, string?>();
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (member.Name == "metadata")
            {
                metadata = bean.Map(member.Value, "dataCenterInfo.metadata")
                    ?? throw bean.Reject("dataCenterInfo.metadata is null");
            }
            else if (!member.Value.IsScalar())
            {
                throw bean.Reject($"unknown object dataCenterInfo.{member.Name}");
            }
        }

        return new JavaDataCenter("Amazon", metadata);
    }
}
