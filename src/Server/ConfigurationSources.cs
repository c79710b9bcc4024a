using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using Rollcall.Configuration;

namespace Rollcall.Server;

/// <summary>Where settings come from, the weakest first: appsettings.json, a file, the environment, the command line.</summary>
internal static class ConfigurationSources
{
    private const string DefaultFile = "appsettings.json";

    /// <summary>The files among the sources.</summary>
    public static IEnumerable<string> Files(CommandLine line) => new[] { DefaultFile, line.ConfigFile }.OfType<string>().Select(Path.GetFullPath);

    /// <summary>All sources as one. A file that cannot be read becomes one of <paramref name="problems"/>.</summary>
    public static IConfigurationRoot Load(CommandLine line, ICollection<ConfigurationProblem> problems)
    {
        IConfigurationBuilder builder = new ConfigurationBuilder().SetBasePath(Directory.GetCurrentDirectory());
        AddFile(builder, DefaultFile, optional: true, problems);
        if (line.ConfigFile is { } file)
        {
            AddFile(builder, Path.GetFullPath(file), optional: false, problems);
        }

        return builder.AddEnvironmentVariables().AddInMemoryCollection(line.Settings).Build();
    }

    /// <summary>For people: which source the value of <paramref name="key"/> comes from; null if none has it.</summary>
    public static string? SourceOf(IConfigurationRoot configuration, string key) =>
        configuration.Providers.LastOrDefault(provider => provider.TryGet(key, out _)) switch
        {
            MemoryConfigurationProvider => "command line",
            EnvironmentVariablesConfigurationProvider => "environment",
            JsonConfigurationProvider json => json.Source.Path,
            _ => null,
        };

    private static void AddFile(
        IConfigurationBuilder builder,
        string path,
        bool optional,
        ICollection<ConfigurationProblem> problems
    )
    {
        try
        {
            // Loaded once on its own, so that one bad file does not hide the problems of the other sources.
            new ConfigurationBuilder()
                .SetBasePath(Directory.GetCurrentDirectory())
                .AddJsonFile(path, optional)
                .Build();
            builder.AddJsonFile(path, optional);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            problems.Add(new(path, null, Reason(exception)));
        }
    }

    private static string Reason(Exception exception) =>
        exception is InvalidDataException
            ? $"cannot be read: {(exception.InnerException?.InnerException ?? exception.InnerException ?? exception).Message}"
            : FileProblem.Of(exception);
}
