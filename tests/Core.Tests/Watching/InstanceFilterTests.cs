using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Watching;

/// <summary>What a filter selects, record by record and in a snapshot, and when two filters are one.</summary>
public class InstanceFilterTests
{
    private static readonly string?[] s_vips = [null, "", "a", "a,b", "b,a", ",a,", "aa", "A", "a b", "ß,a", "\uFB03", "\U0001D11E", "c,d,e"];
    private static readonly string[] s_names = ["a", "b", "", "aa", "A", "a b", "ß", "\uFB03", "\U0001D11E", "d"];

    [Fact]
    public void It_selects_by_address_what_the_list_of_the_owner_names()
    {
        var under = new SteppedRegistry();
        foreach ((int i, string? list) in s_vips.Index())
        {
            under.Register(RegistrationBuilder.Of($"svc-{i % 3}", $"i-{i}") with { Vips = list, SecureVips = s_vips[^(i + 1)] });
        }

        foreach (bool secure in (bool[])[false, true])
        {
            foreach (string[] names in s_names.Select(name => new[] { name }).Append(s_names).Append(["d", "ß"]))
            {
                var filter = InstanceFilter.Vips(secure, names);
                Instance[] all = [.. under.Registry.ReadSnapshot().Instances()];
                InstanceText field = secure ? InstanceText.SecureVips : InstanceText.Vips;
                IEnumerable<Instance> expected = all.Where(record =>
                    (record.GetText(field) ?? "").Split(',').Where(vip => vip.Length > 0).Intersect(names).Any()
                );
                Assert.Equal(expected, all.Where(filter.Selects));
                Assert.Equal(expected, under.Registry.ReadSnapshot().Select(filter));
            }
        }
    }

    [Fact]
    public void It_selects_by_service_in_any_case_and_each_instance_once()
    {
        var under = new SteppedRegistry();
        foreach (string service in (string[])["orders", "straße", "\uFB03", "\U0001D11E", "order"])
        {
            under.Register(service, "i-1");
        }

        var filter = InstanceFilter.Services("Orders", "ORDERS", "strasse", "STRAßE", "nobody", "\U0001D11E");
        Instance[] selected = [.. under.Registry.ReadSnapshot().Select(filter)];
        Assert.Equal(["ORDERS", "STRAßE", "\U0001D11E"], selected.Select(record => record.Service.Text));
        Assert.Equal(selected, under.Registry.ReadSnapshot().Instances().Where(filter.Selects));
    }

    [Fact]
    public void Filters_are_equal_by_content()
    {
        Assert.Equal(InstanceFilter.Services("a", "B", "b"), InstanceFilter.Services("b", "A"));
        Assert.Equal(InstanceFilter.Services("a", "B").GetHashCode(), InstanceFilter.Services("b", "A").GetHashCode());
        Assert.NotEqual(InstanceFilter.Vips(secure: false, "A"), InstanceFilter.Vips(secure: false, "a"));
        Assert.NotEqual(InstanceFilter.Vips(secure: false, "A"), InstanceFilter.Vips(secure: true, "A"));
        Assert.NotEqual(InstanceFilter.Vips(secure: false, "A"), InstanceFilter.Services("A"));
        Assert.NotEqual(InstanceFilter.All, InstanceFilter.Services("A"));
    }

    [Fact]
    public void A_filter_without_a_name_is_none()
    {
        Assert.Throws<ArgumentException>(() => InstanceFilter.Services());
        Assert.Throws<ArgumentException>(() => InstanceFilter.Vips(secure: true));
    }
}
