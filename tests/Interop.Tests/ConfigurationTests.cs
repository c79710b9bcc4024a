using System.Reflection;
using Rollcall.Configuration;
using Rollcall.Core;
using Rollcall.Core.Replication;
using Rollcall.Hosting;
using Rollcall.Server;
using Rollcall.Server.Access;
using Rollcall.Server.Data;
using Rollcall.Server.Tls;
using Rollcall.Transports.HttpServer;
using Rollcall.Transports.Quic;
using Rollcall.Transports.Tcp;
using Rollcall.Transports.Wire;
using static Rollcall.Interop.Tests.Configured;

namespace Rollcall.Interop.Tests;

/// <summary>What the server makes of its options, right and wrong. In process: nothing here starts to listen.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rollcall-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task All_problems_are_printed_at_once_each_with_key_value_range_and_nearest_key()
    {
        (int exitCode, string errors) = await RefuseAsync(
            "--Rollcall:Core:LeaseDuratonMax",
            "00:10:00",
            "--Rollcall:Core:GuardThreshold=7",
            "--Rollcall:Core:WheelTick",
            "soon",
            "--Rollcall:Http:ConectionsMax=5",
            "--gaurd",
            "off",
            "--node-id",
            "xyz"
        );

        Assert.Equal(2, exitCode);
        Assert.Contains("did not start: 6 problems.", errors, StringComparison.Ordinal);
        Assert.Contains("Rollcall:Core:LeaseDuratonMax = 00:10:00", errors, StringComparison.Ordinal);
        Assert.Contains("Did you mean Rollcall:Core:LeaseDurationMax?", errors, StringComparison.Ordinal);
        Assert.Contains("Rollcall:Core:GuardThreshold = 7", errors, StringComparison.Ordinal);
        Assert.Contains("must be 0.01..1 share.", errors, StringComparison.Ordinal);
        Assert.Contains("written 90s or 00:01:30 (ms, s, m, h, d), 10ms..1s.", errors, StringComparison.Ordinal);
        Assert.Contains("Rollcall:Core:WheelTick = soon", errors, StringComparison.Ordinal);
        Assert.Contains("Did you mean Rollcall:Http:ConnectionsMax?", errors, StringComparison.Ordinal);
        Assert.Contains("Did you mean --guard?", errors, StringComparison.Ordinal);
        Assert.Contains("Rollcall:Core:NodeId = xyz", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--prot", "there is no such flag. The nearest is --")]
    [InlineData("--gua", "Did you mean --guard?")]
    [InlineData("--Rollcall:Http:Bod=1", "Did you mean Rollcall:Http:BodyBytesMax?")]
    [InlineData("--Rollcall:Core=1", "is a section")]
    [InlineData("8761", "is not a flag")]
    [InlineData("--http", "needs a value: --http URL|off.")]
    [InlineData("--Rollcall:Core:LeaseGrace", "needs a value")]
    [InlineData("--Rollcall:Cor:LeaseGrace=5s", "Did you mean Rollcall:Core?")]
    [InlineData("--Rollcall:LeaseGrace=5s", "Did you mean Rollcall:Core:LeaseGrace?")]
    [InlineData("--Rollcall:Core:LeaseGrace=90", "must be a duration, written 90s")]
    [InlineData("--Rollcall:Core:StripeCount=63", "a power of two")]
    [InlineData("--guard=maybe", "must be on or off")]
    [InlineData("--insecure=perhaps", "must be on or off")]
    [InlineData("--tcp=8762", "must be off, or HOST:PORT")]
    [InlineData("--quic=on", "must be auto, off, or HOST:PORT")]
    [InlineData("--http=ftp://127.0.0.1:1", "must be off, or http://")]
    [InlineData("--http=https://127.0.0.1:8761", "needs a certificate: add --tls-certificate FILE")]
    [InlineData("--Rollcall:Wire:SessionsMax=0", "must be 1..")]
    [InlineData("--Rollcall:Tls:Certificat=x", "Did you mean Rollcall:Tls:Certificate?")]
    [InlineData("--tls-cert=x", "Did you mean --tls-certificate?")]
    [InlineData("--config=no-such-file.json", "there is no such file")]
    public async Task A_wrong_option_ends_with_code_2_and_says_what_is_right(string argument, string expected)
    {
        (int exitCode, string errors) = await RefuseAsync(argument);
        Assert.Equal(2, exitCode);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("1 problem.", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:8761")]
    [InlineData("http://*:8761")]
    [InlineData("http://[::]:8761")]
    [InlineData("http://192.0.2.1:8761")]
    public async Task Listening_beyond_this_machine_is_refused_unless_it_is_asked_for(string url)
    {
        (int exitCode, string errors) = await RefuseAsync("--http", url);
        Assert.Equal(2, exitCode);
        Assert.Contains("accept it with --insecure", errors, StringComparison.Ordinal);

        Assert.Equal(url, ReadSettings("--http", url, "--insecure").Http!.Url);
    }

    [Fact]
    public void The_defaults_listen_on_loopback_with_the_guard_on()
    {
        ServerSettings settings = ReadSettings();
        Assert.Equal("http://127.0.0.1:8761", settings.Http!.Url);
        Assert.Equal("127.0.0.1:8762", settings.Tcp!.Address);
        Assert.Equal("127.0.0.1:8762", settings.Quic!.Address);
        Assert.False(settings.IsQuicDemanded);
        Assert.True(settings.Http!.IsLoopback);
        Assert.True(settings.Registry.GuardEnabled);
    }

    [Fact]
    public void QUIC_has_the_port_of_TCP_unless_it_is_told_another()
    {
        Assert.Equal("127.0.0.1:9000", ReadSettings("--tcp", "127.0.0.1:9000").Quic!.Address);
        Assert.Equal("127.0.0.1:8762", ReadSettings("--tcp", "off").Quic!.Address);
        ServerSettings demanded = ReadSettings("--tcp", "127.0.0.1:9000", "--quic", "localhost:9001");
        Assert.Equal("localhost:9001", demanded.Quic!.Address);
        Assert.True(demanded.IsQuicDemanded);
    }

    [Fact]
    public async Task Each_transport_can_be_off_but_not_all()
    {
        Assert.Null(ReadSettings("--http", "off").Http);
        Assert.Null(ReadSettings("--tcp", "OFF").Tcp);
        Assert.Null(ReadSettings("--quic", "off").Quic);
        Assert.True(ReadSettings("--http", "off", "--tcp", "off").IsQuicDemanded);

        (int exitCode, string errors) = await RefuseAsync("--http", "off", "--tcp", "off", "--quic", "off");
        Assert.Equal(2, exitCode);
        Assert.Contains("nobody could come in", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_and_keys_reach_the_options()
    {
        ServerSettings settings = ReadSettings(
            "--http=http://localhost:0",
            "--guard",
            "off",
            "--node-id",
            "1a2b",
            "--rollcall:core:leasedurationmax",
            "00:10:00",
            "--Rollcall:Core:LeaseGrace=1.5h",
            "--Rollcall:Http:BodyBytesMax",
            "2048"
        );
        Assert.Equal("http://localhost:0", settings.Http!.Url);
        Assert.False(settings.Registry.GuardEnabled);
        Assert.Equal(0x1a2bu, settings.Registry.NodeId);
        Assert.Equal(TimeSpan.FromMinutes(10), settings.Registry.LeaseDurationMax);
        Assert.Equal(TimeSpan.FromMinutes(90), settings.Registry.LeaseGrace);
        Assert.Equal(2048, settings.Http!.BodyBytesMax);
    }

    [Fact]
    public void The_command_line_beats_the_environment_which_beats_the_file()
    {
        string file = WriteFile(
            """
            { "Rollcall": { "Core": { "LeaseGrace": "1s", "VipsMax": 7, "GuardEnabled": false, "StripeCount": "16" } } }
            """
        );
        using var grace = new EnvironmentVariable("Rollcall__Core__LeaseGrace", "2s");
        using var vips = new EnvironmentVariable("Rollcall__Core__VipsMax", "8");

        ServerSettings settings = ReadSettings("--config", file, "--Rollcall:Core:LeaseGrace", "3s");
        Assert.Equal(TimeSpan.FromSeconds(3), settings.Registry.LeaseGrace);
        Assert.Equal(8, settings.Registry.VipsMax);
        Assert.False(settings.Registry.GuardEnabled);
        Assert.Equal(16, settings.Registry.StripeCount);
    }

    [Fact]
    public async Task A_problem_names_the_source_it_came_from()
    {
        string file = WriteFile("""{ "Rollcall": { "Core": { "VipsMax": 0 } } }""");
        using var grace = new EnvironmentVariable("Rollcall__Core__LeaseGrace", "never");

        (_, string errors) = await RefuseAsync("--config", file, "--guard", "perhaps");
        Assert.Contains("Rollcall:Core:VipsMax = 0  [settings.json]", errors, StringComparison.Ordinal);
        Assert.Contains("Rollcall:Core:LeaseGrace = never  [environment]", errors, StringComparison.Ordinal);
        Assert.Contains("Rollcall:Core:GuardEnabled = perhaps  [command line]", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Rollcall": { """)]
    [InlineData("""[1]""")]
    [InlineData("")]
    public async Task A_file_that_is_no_JSON_object_is_named(string content)
    {
        string file = WriteFile(content);
        (int exitCode, string errors) = await RefuseAsync("--config", file, "--node-id", "xyz");
        Assert.Equal(2, exitCode);
        Assert.Contains(file, errors, StringComparison.Ordinal);
        Assert.Contains("2 problems.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_where_one_value_is_wanted_is_refused()
    {
        (_, string errors) = await RefuseAsync("--config", WriteFile("""{ "Rollcall": { "Core": { "LeaseGrace": [1, 2] } } }"""));
        Assert.Contains("holds several values where one is wanted", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_looks_like_a_secret_is_not_repeated()
    {
        (_, string errors) = await RefuseAsync(
            "--password",
            "hunter2",
            "--token=hunter2",
            "--Rollcall:Http:Password=hunter2",
            "--http=http://me:hunter2@h:1"
        );
        Assert.Contains("4 problems.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "--http URL")]
    [InlineData("-h", "--http URL")]
    [InlineData("--options", "Rollcall:Core:LeaseGrace")]
    [InlineData("--version", "0.")]
    public async Task Questions_are_answered_on_standard_output_with_code_0(string argument, string expected)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.Equal(0, await ServerCommand.RunAsync([argument], output, errors));
        Assert.Contains(expected, output.ToString(), StringComparison.Ordinal);
        Assert.Empty(errors.ToString());
    }

    [Fact]
    public void Every_option_of_the_core_has_a_key_and_reads_back_as_it_is_shown() =>
        AssertComplete(RegistryOptionKeys.All, new RegistryOptions(), RegistryOptions.Rules.Select(rule => rule.Name));

    [Fact]
    public void Every_option_of_a_transport_has_a_key_and_reads_back_as_it_is_shown()
    {
        AssertComplete(HttpOptionKeys.All, new HttpServerOptions(), HttpServerOptions.Rules.Select(rule => rule.Name));
        AssertComplete(WireOptionKeys.Tcp, new TcpServerOptions(), TcpServerOptions.Rules.Select(rule => rule.Name));
        AssertComplete(WireOptionKeys.Quic, new QuicServerOptions(), QuicServerOptions.Rules.Select(rule => rule.Name));
        AssertComplete(WireOptionKeys.Wire, new WireOptions(), WireOptions.Rules.Select(rule => rule.Name));
        AssertComplete(TlsSettings.Keys, new TlsSettings(), []);
        AssertComplete(CredentialSettings.Keys, new CredentialSettings(), []);
        AssertComplete(DataSettings.Keys, new DataSettings(), DataSettings.Rules.Select(rule => rule.Name));
    }

    private static void AssertComplete<TOptions>(
        OptionKeySet<TOptions> keys,
        TOptions defaults,
        IEnumerable<string> ruleNames
    )
        where TOptions : class
    {
        IEnumerable<string> properties = typeof(TOptions)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is not null && property.PropertyType != typeof(ClusterOptions)) // they have keys of their own
            .Select(property => property.Name);
        Assert.Equal(properties, keys.Select(key => key.Name));
        Assert.Empty(ruleNames.Except(keys.Select(key => key.Name)));
        Assert.All(keys, key => Assert.Equal(defaults, key.With(defaults, key.Show(defaults))));
    }

    private string WriteFile(string content)
    {
        string path = Path.Combine(_folder, "settings.json");
        File.WriteAllText(path, content);
        return path;
    }
}
