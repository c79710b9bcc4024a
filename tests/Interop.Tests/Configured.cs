using Rollcall.Configuration;
using Rollcall.Server;

namespace Rollcall.Interop.Tests;

/// <summary>The server's settings, read in process: nothing here starts to listen.</summary>
internal static class Configured
{
    /// <summary>Runs the server with wrong options: its code, and what it printed.</summary>
    public static async Task<(int ExitCode, string Errors)> RefuseAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int exitCode = await ServerCommand.RunAsync(args, output, errors);
        Assert.Empty(output.ToString());
        return (exitCode, errors.ToString());
    }

    /// <summary>Reads right options.</summary>
    public static ServerSettings ReadSettings(params string[] args)
    {
        var problems = new List<ConfigurationProblem>();
        CommandLine line = CommandLine.Parse(args);
        ServerSettings settings = ServerSettings.Read(ConfigurationSources.Load(line, problems), problems);
        Assert.Empty(line.Problems.Concat(problems));
        return settings;
    }
}

/// <summary>Set for one test; tests of this assembly run one at a time.</summary>
internal sealed class EnvironmentVariable : IDisposable
{
    private readonly string _name;

    public EnvironmentVariable(string name, string value)
    {
        _name = name;
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(_name, null);
}
