using System.Xml.Linq;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Architecture;

/// <summary>What one csproj depends on, as it says itself.</summary>
/// <param name="Folder">From the root, with forward slashes: <c>src/Core</c>.</param>
/// <param name="Projects">Folders of the projects it references.</param>
/// <param name="Packages">Packages that whoever uses the project inherits: those with PrivateAssets="all" are left out.</param>
/// <param name="Frameworks">Shared frameworks beyond .NET's own.</param>
internal sealed record ProjectFile(
    string Folder,
    IReadOnlyList<string> Projects,
    IReadOnlyList<string> Packages,
    IReadOnlyList<string> Frameworks
)
{
    private static readonly string[] s_roots = ["src", "transports", "samples", "bench", "load", "tests"];

    /// <summary>Every project of the working copy.</summary>
    public static IReadOnlyList<ProjectFile> All { get; } =
    [
        .. s_roots
            .Select(Repository.PathOf)
            .Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    private static ProjectFile Read(string path)
    {
        XElement project = XElement.Load(path);
        string folder = Path.GetDirectoryName(path)!;
        return new(
            FromRoot(folder),
            [
                .. Includes(project, "ProjectReference")
                    .Select(file => FromRoot(Path.GetDirectoryName(Path.Combine(folder, file))!)),
            ],
            [.. Includes(project, "PackageReference", inheritedOnly: true)],
            [.. Includes(project, "FrameworkReference")]
        );
    }

    private static IEnumerable<string> Includes(XElement project, string element, bool inheritedOnly = false) =>
        project
            .Descendants(element)
            .Where(item =>
                !inheritedOnly || !string.Equals((string?)item.Attribute("PrivateAssets"), "all", StringComparison.Ordinal)
            )
            .Select(item => (string)item.Attribute("Include")!);

    private static string FromRoot(string folder) =>
        Path.GetRelativePath(Repository.Root, Path.GetFullPath(folder)).Replace('\\', '/');
}
