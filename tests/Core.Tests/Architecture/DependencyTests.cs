using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Architecture;

/// <summary>Holds the table "which way things depend": the one place where a new dependency has to be allowed.</summary>
public sealed class DependencyTests
{
    private const string Server = "src/Server";
    private const string AspNetCore = "Microsoft.AspNetCore.App";

    /// <summary>Shipped project, and the projects that it may reference.</summary>
    private static readonly Dictionary<string, string[]> s_mayReference = new()
    {
        ["src/Core"] = [],
        ["src/Configuration"] = ["src/Core"],
        ["src/Hosting"] = ["src/Core", "src/Configuration"],
        ["src/Client"] = ["src/Core"],
        ["src/Client.AspNetCore"] = ["src/Core", "src/Configuration", "src/Client"],
        ["src/Client.ServiceDiscovery"] = ["src/Core", "src/Client"], // the library: only for who uses it
        ["src/Testing"] = ["src/Core", "src/Client"],
        ["src/Client.Yarp"] = ["src/Core", "src/Client", "src/Client.AspNetCore"], // YARP: only for who uses it
        ["src/Dialing"] = ["src/Core", "src/Client", "transports/Wire", "transports/Tcp", "transports/Quic", "transports/Http"],
        ["src/Gateway"] = ["src/Core", "src/Client", "src/Client.AspNetCore", "src/Client.Yarp", "src/Dialing"],
        ["transports/Wire"] = ["src/Core"],
        ["transports/Tcp"] = ["src/Core", "transports/Wire"],
        ["transports/Quic"] = ["src/Core", "transports/Wire"],
        ["transports/Http"] = ["src/Core"],
        // Wire: nodes between which only HTTP passes turn a request into a lane of it.
        ["transports/HttpServer"] = ["src/Core", "transports/Http", "transports/Wire"],
        [Server] =
        [
            "src/Core",
            "src/Configuration",
            "src/Hosting",
            "src/Client", // a copy of another region is a client of it
            "src/Dialing",
            "transports/Wire",
            "transports/Tcp",
            "transports/Quic",
            "transports/Http",
            "transports/HttpServer",
        ],
    };

    private static readonly string[] s_mayUseAspNetCore =
    [
        Server,
        "transports/HttpServer",
        "src/Client.AspNetCore",
        "src/Client.Yarp",
        "src/Gateway",
    ];

    private static IEnumerable<ProjectFile> Shipped =>
        ProjectFile.All.Where(project => project.Folder.StartsWith("src/") || project.Folder.StartsWith("transports/"));

    [Fact]
    public void Every_shipped_project_is_in_the_table() =>
        Assert.Empty(Shipped.Select(project => project.Folder).Except(s_mayReference.Keys));

    [Fact]
    public void A_shipped_project_references_only_what_the_table_allows() =>
        Assert.Empty(
            Shipped.SelectMany(project =>
                project.Projects.Except(s_mayReference[project.Folder]).Select(other => $"{project.Folder} -> {other}")
            )
        );

    [Fact]
    public void Nothing_but_tests_references_the_server() =>
        Assert.Empty(
            ProjectFile
                .All.Where(project => project.Projects.Contains(Server) && !project.Folder.StartsWith("tests/"))
                .Select(project => project.Folder)
        );

    [Fact]
    public void The_benchmarks_know_no_sockets() =>
        Assert.Empty(
            ProjectFile
                .All.Where(project => project.Folder.StartsWith("bench"))
                .SelectMany(project => project.Projects)
                .Except(["src/Core", "transports/Wire", "transports/Http", "tests/Testing"]) // the last for the clock of SimCluster
        );

    [Theory]
    [InlineData("src/Core")]
    [InlineData("transports/Http")]
    public void It_needs_the_base_class_library_only(string folder)
    {
        ProjectFile project = ProjectFile.All.Single(project => project.Folder == folder);
        Assert.Empty(project.Packages);
        Assert.Empty(project.Frameworks);
    }

    [Fact]
    public void Only_the_adapters_for_AspNetCore_ship_it() =>
        Assert.Empty(
            Shipped
                .Where(project => project.Frameworks.Contains(AspNetCore))
                .Select(project => project.Folder)
                .Except(s_mayUseAspNetCore)
        );

    [Fact]
    public void The_core_as_built_refers_to_the_base_class_library_only() =>
        Assert.All(
            typeof(RegistryService).Assembly.GetReferencedAssemblies(),
            assembly => Assert.StartsWith("System.", assembly.Name, StringComparison.Ordinal)
        );

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Repository.PathOf("Engine.sln")).Replace('\\', '/');
        string[] missing =
        [
            .. ProjectFile.All.Select(project => project.Folder).Where(folder => !solution.Contains($"\"{folder}/")),
        ];
        Assert.Empty(missing);
    }
}
