using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.RealClients;

/// <summary>eureka-js-client 4.5.0 as npm delivers it, in a temporary folder that lives as long as this process.</summary>
/// <remarks>
/// <para>Shape: installed once, when first asked for, to the letter of the committed lock file; no script of a package
/// runs.</para>
/// </remarks>
internal static class NodePackage
{
    private static readonly Lazy<(string Folder, string? Problem)> s_installed = new(Install);

    /// <summary>Why there is no client to test with; null if there is one.</summary>
    public static string? Problem => s_installed.Value.Problem;

    /// <summary>Where <c>client.js</c> runs.</summary>
    public static string Folder => s_installed.Value.Folder;

    private static (string Folder, string? Problem) Install()
    {
        TimeSpan glance = TimeSpan.FromSeconds(20);
        string? missing = Tool.Problem(glance, null, "node", "--version") ?? Tool.Problem(glance, null, "npm", "--version");
        if (missing is not null)
        {
            return ("", missing);
        }

        string folder = Directory.CreateTempSubdirectory("rollcall-node-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        foreach (string file in (string[])["package.json", "package-lock.json", "client.js"])
        {
            File.Copy(Path.Combine(Repository.PathOf("tests/Interop.Tests/node"), file), Path.Combine(folder, file));
        }

        string[] install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"];
        return (folder, Tool.Problem(TimeSpan.FromSeconds(90), folder, "npm", install));
    }
}
