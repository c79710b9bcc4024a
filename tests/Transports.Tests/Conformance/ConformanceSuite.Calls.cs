using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    // What URLs, frames, JSON and XML have a meaning for; and what is beyond ASCII.
    private static readonly string[] s_awkward =
    [
        "plain",
        "with space",
        "a/b/c",
        "../up",
        ".",
        "..",
        "100%",
        "%2F",
        "q?x=1&y=2#z",
        "a+b;c,d",
        "\"quoted\" 'too' <&>",
        "back\\slash",
        "größe-日本-😀",
    ];

    [ConformanceFact]
    public async Task Every_operation_answers_as_the_registry_does()
    {
        await using Venue venue = await OpenAsync();
        await using var twins = new Twins(venue, await venue.DialAsync());
        Registration full = RegistrationBuilder.Full("Orders", "i-1");

        await twins.Agree("register", l => l.RegisterAsync(full));
        await twins.Agree("register again with other text", l => l.RegisterAsync(full with { HomePageUrl = null, Vips = "other" }));
        RegisterResult plain = await twins.Agree("register another", l => l.RegisterAsync(RegistrationBuilder.Of("orders", "i-2")));
        await twins.Agree("renew by handle", l => l.RenewAsync(plain.Handle));
        await twins.Agree("renew by no handle", l => l.RenewAsync(default(LeaseHandle)));
        await twins.Agree("renew by a forged handle", l => l.RenewAsync(new LeaseHandle(plain.Handle.Value ^ 1)));
        await twins.Agree("renew by a handle beyond all", l => l.RenewAsync(new LeaseHandle(ulong.MaxValue)));
        await twins.Agree("renew by key", l => l.RenewAsync("ORDERS", "i-1"));
        await twins.Agree("renew by key, same stamp", l => l.RenewAsync("orders", "i-1", full.ClientStamp));
        await twins.Agree("renew by key, newer stamp", l => l.RenewAsync("orders", "i-1", full.ClientStamp + 1));
        await twins.Agree("renew by key, older stamp", l => l.RenewAsync("orders", "i-1", 0));
        await twins.Agree("renew by an unknown key", l => l.RenewAsync("orders", "I-1"));
        await twins.Agree("set status", l => l.SetStatusAsync("orders", "i-2", InstanceStatus.OutOfService));
        await twins.Agree("set status again", l => l.SetStatusAsync("orders", "i-2", InstanceStatus.OutOfService));
        await twins.Agree("set a status that is none", l => l.SetStatusAsync("orders", "i-2", (InstanceStatus)77));
        await twins.Agree("set status of an unknown one", l => l.SetStatusAsync("orders", "i-9", InstanceStatus.Down));
        await twins.Agree("find an overridden one", l => l.FindAsync("orders", "i-2"));
        await twins.Agree("clear status", l => l.ClearStatusAsync("orders", "i-2"));
        await twins.Agree("clear status again", l => l.ClearStatusAsync("orders", "i-2"));
        await twins.Agree("clear status of an unknown one", l => l.ClearStatusAsync("orders", "i-9"));
        await twins.Agree("set status to unknown", l => l.SetStatusAsync("orders", "i-1", InstanceStatus.Unknown));
        await twins.Agree("set metadata", l => l.SetMetadataAsync("orders", "i-2", [new("b", "2"), new("a", "1"), new("ß", "\t\n😀")]));
        await twins.Agree("replace metadata", l => l.SetMetadataAsync("orders", "i-2", [new("c", ""), new("b", "3")]));
        await twins.Agree("set no metadata", l => l.SetMetadataAsync("orders", "i-2", []));
        await twins.Agree("set bad metadata", l => l.SetMetadataAsync("orders", "i-2", [new("a", "1"), new("a", "2")]));
        await twins.Agree("set metadata of an unknown one", l => l.SetMetadataAsync("nobody", "i-2", [new("a", "1")]));
        await twins.Agree("find with metadata", l => l.FindAsync("oRDERS", "i-2"));
        await twins.Agree("find an unknown one", l => l.FindAsync("orders", "I-2"));
        await twins.Agree("acknowledged without subscribers", l => l.ReadAcknowledgedAsync("orders"));
        await twins.Agree("cancel", l => l.CancelAsync("orders", "i-1"));
        await twins.Agree("cancel again", l => l.CancelAsync("orders", "i-1"));
        await twins.Agree("renew the cancelled one", l => l.RenewAsync("orders", "i-1"));
        twins.HoldTheSame();
    }

    [ConformanceFact]
    public async Task Text_of_every_kind_comes_through_as_it_is()
    {
        await using Venue venue = await OpenAsync();
        await using var twins = new Twins(venue, await venue.DialAsync());
        foreach (string text in s_awkward)
        {
            Registration sent = RegistrationBuilder.Of(text, text) with
            {
                HostName = text,
                Zone = text,
                Region = text,
                Vips = text,
                SecureVips = text,
                Metadata = [new(text, text), new("empty", ""), new("a", text)],
                Attributes = [new(text, text)],
            };
            await twins.Agree($"register {text}", l => l.RegisterAsync(sent));
            await twins.Agree($"find {text}", l => l.FindAsync(text, text));
            await twins.Agree($"renew {text}", l => l.RenewAsync(text, text));
            await twins.Agree($"status of {text}", l => l.SetStatusAsync(text, text, InstanceStatus.Down));
            await twins.Agree($"metadata of {text}", l => l.SetMetadataAsync(text, text, [new(text, "new"), new("z", text)]));
            await twins.Agree($"clear status of {text}", l => l.ClearStatusAsync(text, text));
            await twins.Agree($"find {text} again", l => l.FindAsync(text, text));
            await twins.Agree($"acknowledged of {text}", l => l.ReadAcknowledgedAsync(text));
        }

        foreach (string text in s_awkward)
        {
            await twins.Agree($"cancel {text}", l => l.CancelAsync(text, text));
        }

        twins.HoldTheSame();
    }

    [ConformanceFact]
    public async Task Names_that_no_instance_may_have_are_unknown_and_nothing_worse()
    {
        await using Venue venue = await OpenAsync();
        await using var twins = new Twins(venue, await venue.DialAsync());
        string[] names = [" ", ".", "..", "...", "a\nb", new string('x', 1_000), new string('ß', 300)];
        foreach (string name in names)
        {
            string what = RegistryError.Shown(name, 20);
            await twins.Agree($"find {what}", l => l.FindAsync(name, name));
            await twins.Agree($"renew {what}", l => l.RenewAsync(name, name));
            await twins.Agree($"cancel {what}", l => l.CancelAsync(name, name));
            await twins.Agree($"set status of {what}", l => l.SetStatusAsync(name, name, InstanceStatus.Down));
            await twins.Agree($"clear status of {what}", l => l.ClearStatusAsync(name, name));
            await twins.Agree($"set metadata of {what}", l => l.SetMetadataAsync(name, name, [new("a", "1")]));
            await twins.Agree($"acknowledged of {what}", l => l.ReadAcknowledgedAsync(name));
            await twins.Agree($"read of {what}", l => l.ReadAsync(InstanceFilter.Services(name)));
            await twins.Agree($"read of address {what}", l => l.ReadAsync(InstanceFilter.Vips(secure: false, name)));
        }
    }

    [ConformanceFact]
    public async Task Absent_text_and_empty_text_are_two_things()
    {
        await using Venue venue = await OpenAsync();
        await using var twins = new Twins(venue, await venue.DialAsync());
        Registration absent = RegistrationBuilder.Of("orders", "absent");
        await twins.Agree("register absent", l => l.RegisterAsync(absent));
        await twins.Agree(
            "register empty",
            l =>
                l.RegisterAsync(
                    absent with
                    {
                        Id = "empty",
                        Vips = "",
                        SecureVips = "",
                        HomePageUrl = "",
                        StatusPageUrl = "",
                        HealthCheckUrl = "",
                        SecureHealthCheckUrl = "",
                        Zone = "",
                        Region = "",
                    }
                )
        );
        await twins.Agree("find absent", l => l.FindAsync("orders", "absent"));
        await twins.Agree("find empty", l => l.FindAsync("orders", "empty"));
        twins.HoldTheSame();
    }

    [ConformanceFact]
    public async Task The_largest_instance_that_is_accepted_comes_through()
    {
        await using Venue venue = await OpenAsync();
        await using var twins = new Twins(venue, await venue.DialAsync());
        RegistryOptions limits = venue.Registry.Options;
        KeyValuePair<string, string>[] most = [new("k", new string('"', limits.MetadataBytesMax - 1))];
        Registration sent = RegistrationBuilder.Full(new string('s', limits.ServiceBytesMax), new string('i', limits.IdBytesMax)) with
        {
            HostName = new string('h', limits.HostBytesMax),
            HomePageUrl = "http://h/" + new string('p', limits.UrlBytesMax - 9),
            Vips = string.Join(',', Enumerable.Range(0, limits.VipsMax).Select(i => $"vip-{i}")),
            Metadata = most,
            Attributes = most,
        };
        await twins.Agree("register", l => l.RegisterAsync(sent));
        await twins.Agree("find", l => l.FindAsync(sent.Service, sent.Id));
        twins.HoldTheSame();
    }

    [ConformanceFact]
    public async Task A_registration_that_is_refused_is_refused_with_the_same_words_and_changes_nothing()
    {
        await using Venue venue = await OpenAsync();
        await using var twins = new Twins(venue, await venue.DialAsync());
        Registration good = RegistrationBuilder.Full("orders", "i-1");
        await twins.Agree("register", l => l.RegisterAsync(good));
        Registration[] bad =
        [
            good with { Service = "" },
            good with { Service = new string('s', 257) },
            good with { Id = "" },
            good with { Id = "a\nb" },
            good with { Id = new string('ß', 300) },
            good with { HostName = "" },
            good with { Address = "" },
            good with { Port = 0 },
            good with { Port = 70_000 },
            good with { Port = -1 },
            good with { SecurePort = 70_000 },
            good with { Weight = -1 },
            good with { Weight = 70_000 },
            good with { Status = (InstanceStatus)9 },
            good with { HomePageUrl = "javascript:alert(1)" },
            good with { HealthCheckUrl = "http://" + new string('h', 3_000) },
            good with { Vips = new string('v', 3_000) },
            good with { Vips = string.Join(',', Enumerable.Range(0, 65)) },
            good with { Zone = "\u0001" },
            good with { Region = new string('r', 257) },
            good with { LeaseDuration = TimeSpan.Zero },
            good with { LeaseDuration = TimeSpan.FromDays(2) },
            good with { LeaseDuration = TimeSpan.FromSeconds(-5) },
            good with { RenewalInterval = TimeSpan.FromSeconds(-5) },
            good with { Metadata = [new("", "v")] },
            good with { Metadata = [new("a", "1"), new("a", "2")] },
            good with { Metadata = [new("k", "\u0002")] },
            good with { Metadata = [.. Enumerable.Range(0, 257).Select(i => new KeyValuePair<string, string>($"k{i}", ""))] },
            good with { Metadata = [new("k", new string('v', 32_768))] },
            good with { Attributes = [new("a", "1"), new("a", "2")] },
        ];
        for (int i = 0; i < bad.Length; i++)
        {
            await twins.Refuse($"registration {i}", l => l.RegisterAsync(bad[i]));
        }

        twins.HoldTheSame();
    }

    [ConformanceFact]
    public async Task A_full_registry_says_so()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Options with { InstancesMax = 1 });
        await using var twins = new Twins(venue, await venue.DialAsync());
        await twins.Agree("register", l => l.RegisterAsync(RegistrationBuilder.Of("orders", "i-1")));
        await twins.Refuse("register one too many", l => l.RegisterAsync(RegistrationBuilder.Of("orders", "i-2")));
    }

    [ConformanceFact]
    public async Task Renewing_many_names_exactly_the_positions_that_are_unknown()
    {
        await using Venue venue = await OpenAsync();
        IRegistryLink link = await venue.DialAsync();
        LeaseHandle[] known = [.. RegistrationBuilder.Many("orders", 200).Select(r => venue.Under.Register(r).Handle)];
        var random = new Random(4711);

        // 0; one; more than any frame takes.
        foreach (int count in (int[])[0, 1, 2, 1_000, 100_000])
        {
            var handles = new LeaseHandle[count];
            var expected = new List<int>();
            for (int i = 0; i < count; i++)
            {
                bool forged = random.Next(10) == 0;
                LeaseHandle handle = known[random.Next(known.Length)];
                handles[i] = forged ? new LeaseHandle(handle.Value ^ (1UL << random.Next(28))) : handle;
                if (forged)
                {
                    expected.Add(i);
                }
            }

            var unknown = new int[count];
            int refused = await venue.Soon(link.RenewAsync(handles, unknown).AsTask(), $"an answer to the renewal of {count}");
            Assert.Equal(expected, unknown[..refused]);
        }
    }

    [ConformanceFact]
    public async Task Renewals_keep_an_instance_and_silence_ends_it()
    {
        await using Venue venue = await OpenAsync(SteppedRegistry.Unguarded);
        IRegistryLink link = await venue.DialAsync();
        RegisterResult kept = await link.RegisterAsync(RegistrationBuilder.Of("orders", "kept") with { LeaseDuration = TimeSpan.FromSeconds(10) });
        RegisterResult silent = await link.RegisterAsync(RegistrationBuilder.Of("orders", "silent") with { LeaseDuration = TimeSpan.FromSeconds(10) });
        for (int i = 0; i < 4; i++)
        {
            venue.Under.Pass(TimeSpan.FromSeconds(4));
            Assert.True(await link.RenewAsync(kept.Handle));
        }

        Assert.False(await link.RenewAsync(silent.Handle));
        Assert.NotNull(await link.FindAsync("orders", "kept"));
        Assert.Null(await link.FindAsync("orders", "silent"));

        RegisterResult back = await link.RegisterAsync(RegistrationBuilder.Of("orders", "silent"));
        Assert.True(back.Created);
        Assert.False(await link.RenewAsync(silent.Handle));
        Assert.True(await link.RenewAsync(back.Handle));
    }

    [ConformanceFact]
    public async Task Many_calls_at_once_on_one_link_each_get_their_own_answer()
    {
        await using Venue venue = await OpenAsync();
        IRegistryLink link = await venue.DialAsync();
        Task[] calls =
        [
            .. Enumerable
                .Range(0, 256)
                .Select(async i =>
                {
                    await Task.Yield();
                    RegisterResult registered = await link.RegisterAsync(RegistrationBuilder.Of($"svc-{i % 7}", $"i-{i}") with { Port = 1_000 + i });
                    Assert.True(registered.Created);
                    Assert.True(await link.RenewAsync(registered.Handle));
                    Instance found = (await link.FindAsync($"svc-{i % 7}", $"i-{i}"))!;
                    Assert.Equal(1_000 + i, found.Port);
                    Assert.Null(await link.FindAsync($"svc-{i % 7}", $"j-{i}"));
                }),
        ];
        await venue.Soon(Task.WhenAll(calls).ContinueWith(all => all.IsCompletedSuccessfully ? true : throw all.Exception!), "256 callers to be done");
        Assert.Equal(256, venue.Registry.ReadSnapshot().Count);
    }
}
