using Microsoft.Extensions.Configuration;
using Rollcall.Configuration;
using Rollcall.Hosting.Access;

namespace Rollcall.Server.Access;

/// <summary>Reads the credentials of the file and of the environment.</summary>
internal static class CredentialSources
{
    /// <summary>The same lines as in a file, with line ends or semicolons between.</summary>
    public const string Variable = "ROLLCALL_CREDENTIALS";

    public const string FileKey = ServerSettings.CredentialsSection + ":" + nameof(CredentialSettings.File);

    private static readonly char[] s_lineEnds = ['\n', ';'];

    /// <summary>All credentials; what is wrong with them becomes problems, what is only careless warnings.</summary>
    public static CredentialReader Read(
        CredentialSettings settings,
        IConfiguration configuration,
        ICollection<ConfigurationProblem> problems,
        ICollection<string> warnings
    )
    {
        var reader = new CredentialReader(problems);
        if (settings.File.Length > 0)
        {
            ReadFile(reader, settings.File, problems, warnings);
        }

        if (configuration[Variable] is { } text)
        {
            ReadVariable(reader, text, problems);
        }

        return reader;
    }

    private static void ReadVariable(CredentialReader reader, string text, ICollection<ConfigurationProblem> problems)
    {
        int before = reader.Credentials.Count + problems.Count;
        reader.Read(Variable, null, text.Split(s_lineEnds));
        if (reader.Credentials.Count + problems.Count == before)
        {
            // A secret that was not filled in must not open the registry to everyone.
            problems.Add(new(Variable, null, $"is set and holds no credential: {CredentialReader.Form}, or unset it."));
        }
    }

    private static void ReadFile(
        CredentialReader reader,
        string path,
        ICollection<ConfigurationProblem> problems,
        ICollection<string> warnings
    )
    {
        int problemsBefore = problems.Count;
        try
        {
            string[] lines = File.ReadAllLines(path);
            reader.Read(FileKey, path, lines);
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead))
            {
                warnings.Add($"{path} holds credentials, and every user of this machine may read it: chmod 600 {path}");
            }

            if (reader.Credentials.Count == 0 && problems.Count == problemsBefore)
            {
                problems.Add(new(FileKey, path, $"holds no credential: one a line, {CredentialReader.Form}."));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody may have given the credential where its file is wanted: then it is not repeated.
            bool isPath = !path.Any(char.IsWhiteSpace);
            problems.Add(new(FileKey, isPath ? path : "(hidden)", FileProblem.Of(exception)));
        }
    }
}
