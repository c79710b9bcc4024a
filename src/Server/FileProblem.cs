namespace Rollcall.Server;

/// <summary>Why a file cannot be read, as a sentence without its subject.</summary>
internal static class FileProblem
{
    public static string Of(Exception exception) =>
        exception switch
        {
            FileNotFoundException or DirectoryNotFoundException => "there is no such file.",
            UnauthorizedAccessException => "cannot be read: it is a folder, or this user may not read it.",
            _ => $"cannot be read: {exception.Message}",
        };
}
