using Rollcall.Core;

namespace Rollcall.Transports.Http.Eureka;

/// <summary>Reads one <c>instance</c> element of Eureka's XML into a draft.</summary>
internal static class XmlInstance
{
    /// <summary>Reads a document whose root is the instance.</summary>
    public static void ReadDocument(XmlCursor xml, InstanceDraft draft)
    {
        xml.ReadRoot();
        if (xml.Member == Member.Instance)
        {
            Read(xml, draft);
        }
        else
        {
            draft.Refuse($"The body is an element <{RegistryError.Shown(xml.Name)}>; expected <instance>");
        }

        xml.ReadToEnd();
    }

    private static void Read(XmlCursor xml, InstanceDraft draft)
    {
        foreach (Member member in xml.Children())
        {
            switch (member)
            {
                case Member.Port or Member.SecurePort:
                    ReadPort(xml, member, draft);
                    break;
                case Member.LeaseInfo:
                    ReadLease(xml, draft);
                    break;
                case Member.Metadata:
                    draft.Metadata = ReadPairs(xml, draft);
                    break;
                case Member.DataCenterInfo:
                    ReadDataCenter(xml, draft);
                    break;
                case >= Member.InstanceId and <= Member.AsgName when !EurekaNames.IsServersOwn(member):
                    draft.Set(member, Text(xml, draft));
                    break;
            }
        }
    }

    private static void ReadPort(XmlCursor xml, Member member, InstanceDraft draft)
    {
        // Netflix: the plain port is on unless "false", the secure one off unless "true".
        string? flag = xml.Attribute(EurekaNames.XmlEnabled);
        bool enabled = member == Member.SecurePort ? flag == "true" : flag != "false";
        draft.SetPort(member, Text(xml, draft), enabled);
    }

    private static void ReadLease(XmlCursor xml, InstanceDraft draft)
    {
        draft.StartLease();
        foreach (Member member in xml.Children())
        {
            if (member is Member.DurationInSecs or Member.RenewalIntervalInSecs or Member.ServiceUpTimestamp)
            {
                draft.SetLease(member, Text(xml, draft));
            }
        }
    }

    private static void ReadDataCenter(XmlCursor xml, InstanceDraft draft)
    {
        draft.DataCenter = new DataCenterDraft();
        foreach (Member member in xml.Children())
        {
            if (member == Member.Name)
            {
                draft.DataCenter.Name = Text(xml, draft);
            }
            else if (member == Member.Metadata)
            {
                draft.DataCenter.Metadata = ReadPairs(xml, draft);
            }
        }
    }

    private static OrderedDictionary<string, string> ReadPairs(XmlCursor xml, InstanceDraft draft)
    {
        OrderedDictionary<string, string> pairs = [];
        foreach (Member _ in xml.Children())
        {
            bool named = XmlNames.TryDecode(xml.Name, out string key);
            string? value = Text(xml, draft);
            if (!named)
            {
                draft.Refuse("A key of metadata holds half a surrogate pair (_.d800 to _.dfff)");
            }
            else if (value is not null)
            {
                draft.Put(pairs, key, value);
            }
        }

        return pairs;
    }

    private static string? Text(XmlCursor xml, InstanceDraft draft)
    {
        string name = xml.Name;
        string? text = xml.Text();
        if (text is null)
        {
            draft.Refuse($"<{RegistryError.Shown(name)}> holds elements; expected a single value");
        }

        return text;
    }
}
