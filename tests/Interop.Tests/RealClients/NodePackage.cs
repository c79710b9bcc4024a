using System.Security.Cryptography;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.RealClients;

/// <summary>eureka-js-client 4.5.0 as npm delivers it, in a folder beside the test's own binaries.</summary>
/// <remarks>
/// <para> Shape: installed when first asked for, to the letter of the committed lock file, whose hash is in the folder's name;
/// later runs find it there. It is complete or absent: npm works in a temporary folder that is then renamed. No script of a
/// package runs. </para>
/// </remarks>
internal static class NodePackage
{
    private static readonly TimeSpan s_glance = TimeSpan.FromSeconds(20);
    private static readonly string s_source = Repository.PathOf("tests/Interop.Tests/node");
    private static readonly string s_lockHash =
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(InSource("package-lock.json"))));
    private static readonly Lazy<string?> s_problem = new(Install);

    /// <summary>Why there is no client to test with; null if there is one.</summary>
    public static string? Problem => s_problem.Value;

    /// <summary>The script that drives the client.</summary>
    public static string Script => InSource("client.js");

    /// <summary>Where node finds the packages.</summary>
    public static string Modules => Path.Combine(Folder, "node_modules");

    private static string Folder => Path.Combine(AppContext.BaseDirectory, $"node-client-{s_lockHash[..16]}");

    private static string InSource(string file) => Path.Combine(s_source, file);

    private static string? Install()
    {
        string? missing = Tool.Problem(s_glance, null, "node", "--version") ?? Tool.Problem(s_glance, null, "npm", "--version");
        if (missing is not null || Directory.Exists(Folder))
        {
            return missing;
        }

        string making = $"{Folder}-{Environment.ProcessId}";
        Directory.CreateDirectory(making);
        foreach (string file in (string[])["package.json", "package-lock.json"])
        {
            File.Copy(InSource(file), Path.Combine(making, file), overwrite: true);
        }

        string[] install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--loglevel=error"];
        string? problem = Tool.Problem(TimeSpan.FromSeconds(90), making, "npm", install);
        if (problem is not null || !TryPublish(making))
        {
            Directory.Delete(making, recursive: true);
        }

        return problem;
    }

    /// <summary>False if another process was faster: what it installed is the same.</summary>
    private static bool TryPublish(string made)
    {
        try
        {
            Directory.Move(made, Folder);
            return true;
        }
        catch (IOException) when (Directory.Exists(Folder))
        {
            return false;
        }
    }
}
