using Microsoft.Extensions.Configuration;
using Rollcall.Configuration;

namespace Rollcall.Client.AspNetCore.Configuration;

/// <summary>Reads the configuration of an application that used Steeltoe's or Spring's client before.</summary>
/// <remarks>
/// Shape: a layer below everything else. What is known is taken (<see cref="EurekaKey"/>), what means nothing here is named in the note
/// with the reason, and so is what nobody knows. Values are never in the note: URLs may hold passwords.
/// </remarks>
internal static class EurekaImport
{
    private const string Section = "eureka";
    private const string ApplicationName = "spring:application:name";

    public static void Read(IConfiguration configuration, RollcallClientSettings settings)
    {
        List<string> taken = [];
        List<string> ignored = [];
        foreach ((string path, string value) in Leaves(configuration.GetSection(Section)))
        {
            string name = path[(Section.Length + 1)..];
            switch (EurekaKey.Find(name, out string rest))
            {
                case null:
                    ignored.Add($"{name} (unknown)");
                    break;
                case { Becomes: null } key:
                    ignored.Add($"{name} ({key.Remark})");
                    break;
                case { Becomes: { } here } key when key.Take(settings, value, rest):
                    taken.Add($"{name} as {here}");
                    break;
                case { } key:
                    settings.Problems.Add(ConfigurationProblem.OfAddress(path, value, $"must be {key.Remark}."));
                    break;
            }
        }

        NameSelf(configuration[ApplicationName], settings, taken);
        settings.ImportNote =
            taken.Count + ignored.Count == 0
                ? $"Eureka: nothing below {Section} to take over."
                : $"Eureka: taken over {Shown(taken)}; ignored {Shown(ignored)}.";
    }

    /// <summary>Those clients register unless told otherwise, by the application's name unless told otherwise.</summary>
    private static void NameSelf(string? application, RollcallClientSettings settings, List<string> taken)
    {
        if (settings.IsImportRegistered is false)
        {
            settings.Self = null;
        }
        else if (application is { Length: > 0 } && settings.Self is null or { Service: "" })
        {
            settings.Self = (settings.Self ?? new() { Service = "" }) with { Service = application! };
            taken.Add($"{ApplicationName} as Self:Service");
        }
    }

    private static IEnumerable<(string Path, string Value)> Leaves(IConfigurationSection section) =>
        section
            .GetChildren()
            .SelectMany(child => child.Value is { } value ? Leaves(child).Prepend((child.Path, value)) : Leaves(child));

    private static string Shown(List<string> keys) => keys.Count == 0 ? "nothing" : string.Join(", ", keys);
}
