using Rollcall.Client.Catalogues;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.Catalogues;

/// <summary>The catalogue on disk: whole or refused with the reason.</summary>
public sealed class CatalogueFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rollcall-").FullName;

    private string FilePath => Path.Combine(_folder, "catalogue");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_is_read()
    {
        CatalogueContent written = Write();
        (CatalogueContent? read, string? refusal) = CatalogueFile.Read(FilePath);
        Assert.Null(refusal);
        Assert.Equal((written.Version, written.WrittenAtMs), (read!.Version, read.WrittenAtMs));
        Assert.Equal(written.Instances.Select(Shown), read.Instances.Select(Shown));
        Assert.Same(read.Instances[0].Service, read.Instances[1].Service);
    }

    [Fact]
    public void No_file_is_no_fault() => Assert.Equal((null, null), CatalogueFile.Read(FilePath));

    [Fact]
    public void A_file_that_ends_too_early_or_too_late_is_refused_wherever_it_ends()
    {
        Write();
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            Assert.NotNull(CatalogueFile.Read(FilePath).Refusal);
        }

        File.WriteAllBytes(FilePath, [.. whole, (byte)' ']);
        Assert.StartsWith("it is torn", CatalogueFile.Read(FilePath).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_any_bit_turned_is_refused()
    {
        Write();
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] bad = [.. whole];
            bad[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(FilePath, bad);
            (CatalogueContent? content, string? refusal) = CatalogueFile.Read(FilePath);
            Assert.True(content is null && refusal is not null, $"taken with bit {at % 8} of byte {at} turned");
        }
    }

    [Theory]
    [InlineData("", "it is not the catalogue of a client")]
    [InlineData("PK\u0003\u0004 zip", "it is not the catalogue of a client")]
    [InlineData("rollcall-catalogue 2 00 0\n", "its layout is 2, this client knows 1")]
    [InlineData("rollcall-catalogue 1 00 5\n{}", "it is torn: 2 bytes of 5")]
    [InlineData("rollcall-catalogue 1 00 2\n{}", "it is damaged: its checksum is another")]
    public void What_is_not_ours_is_refused_with_the_reason(string text, string reason)
    {
        File.WriteAllText(FilePath, text);
        Assert.Equal(reason, CatalogueFile.Read(FilePath).Refusal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":"x","writtenAtMs":1,"instances":[]}""")]
    [InlineData("""{"version":"1-1","writtenAtMs":1,"instances":[{}]}""")]
    [InlineData("""{"version":"1-1","writtenAtMs":1,"instances":7}""")]
    [InlineData("not json")]
    public void A_checksum_alone_makes_no_catalogue(string body)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(body);
        string sum = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        File.WriteAllText(FilePath, $"rollcall-catalogue 1 {sum} {bytes.Length}\n{body}");
        Assert.StartsWith("it holds what no client writes", CatalogueFile.Read(FilePath).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_file_replaces_the_old_one_whole_and_only_its_owner_reads_it()
    {
        File.WriteAllText(FilePath, new string('x', 1_000_000));
        Write();
        Assert.Null(CatalogueFile.Read(FilePath).Refusal);
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }
    }

    [Fact]
    public void A_write_that_was_cut_off_leaves_the_old_file()
    {
        CatalogueContent written = Write();
        File.WriteAllText(FilePath + ".new", "rollcall-cat"); // as a crash leaves it
        Assert.Equal(written.Version, CatalogueFile.Read(FilePath).Content!.Version);
        Write();
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_catalogue_from_the_file_serves_until_a_registry_is_heard_and_then_the_guard_judges()
    {
        CatalogueBench before = new CatalogueBench().Register("orders", "i-1", "i-2").Register("stock", "s-1").Sync();
        Store(before).Write(default);

        var bench = new CatalogueBench();
        Assert.NotNull(Store(bench).Take());
        Assert.Equal("(i-1) (i-2)", bench.Callable("orders"));
        Assert.Equal(2, bench.Count("orders", 100).Count);
        bench.Keeper.Release(new MonotonicTime(long.MaxValue - 1));
        Assert.Equal("(i-1) (i-2)", bench.Callable("orders")); // without a registry they stay

        bench.Restart(9);
        bench.Register("orders", "i-1", "i-2").Sync();
        Assert.Equal("i-1 i-2", bench.Callable("orders"));
        Assert.Equal("(s-1)", bench.Callable("stock"));
        bench.Pass(bench.Options.HoldVanished);
        Assert.Equal("", bench.Callable("stock"));
    }

    [Fact]
    public void A_file_that_is_too_old_is_refused()
    {
        CatalogueBench before = new CatalogueBench().Register("orders", "i-1").Sync();
        Store(before).Write(default);
        var bench = new CatalogueBench();
        bench.Time.Pass(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        Assert.Null(Store(bench).Take());
        Assert.Equal("", bench.Callable("orders"));
        Assert.Contains("24 h old (ClientOptions.CatalogueFileAgeMax)", Assert.Single(bench.Notices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_went_away_is_said_once_and_stops_nothing()
    {
        CatalogueBench bench = new CatalogueBench().Register("orders", "i-1").Sync();
        var store = new CatalogueStore(
            Path.Combine(_folder, "gone", "catalogue"),
            bench.Options,
            new ClientClock(bench.Time),
            bench.Keeper,
            bench.Notices.Add
        );
        store.Write(default);
        bench.Register("orders", "i-2").Sync();
        store.Write(default);
        Assert.Equal(ClientNoticeKind.File, Assert.Single(bench.Notices).Kind);
    }

    private CatalogueStore Store(CatalogueBench bench) =>
        new(FilePath, bench.Options, new ClientClock(bench.Time), bench.Keeper, bench.Notices.Add);

    private CatalogueContent Write()
    {
        CatalogueBench bench = new CatalogueBench()
            .Register(RegistrationBuilder.Full("orders", "i-1"))
            .Register("orders", "i-2")
            .Sync();
        var content = new CatalogueContent(
            bench.Catalogue.Version,
            bench.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            [.. bench.Registry.ReadSnapshot().Instances()]
        );
        CatalogueFile.Write(FilePath, content);
        return content;
    }

    private static string Shown(Instance instance)
    {
        // Leases, stamps and versions are not in the file.
        string[] kept = ["service", "id", "status", "port", "portOn", "secure", "secureOn", "weight", .. Enum.GetNames<InstanceText>(), "metadata", "k", "v"];
        return string.Join(';', Portrait.Of(instance).Split(';').Where(field => kept.Contains(field.Split('=')[0])));
    }
}
