using Rollcall.Hosting.Configuration;

namespace Rollcall.Server;

/// <summary>Beyond this machine the server listens only with TLS and credentials, unless it was told to do without.</summary>
internal static class ListenRule
{
    /// <summary>
    /// Judges each listener: what it lacks becomes a problem, or, if <paramref name="insecureAllowed"/>, a warning said at every start.
    /// </summary>
    public static void Check(
        IReadOnlyList<Listener> listeners,
        bool asksForCredentials,
        bool insecureAllowed,
        ICollection<ConfigurationProblem> problems,
        ICollection<string> warnings
    )
    {
        foreach (Listener listener in listeners.Where(listener => !listener.IsLoopback))
        {
            (string Danger, string Remedy)[] lacks =
            [
                .. asksForCredentials ? [] : new[] { ("anyone who can connect may register and cancel", "add --credentials FILE") },
                .. listener.IsEncrypted ? [] : new[] { ("everything sent, tokens too, can be read on the way", RemedyFor(listener)) },
            ];
            if (lacks.Length == 0)
            {
                continue;
            }

            string dangers = string.Join(", and ", lacks.Select(lack => lack.Danger));
            if (insecureAllowed)
            {
                warnings.Add($"{listener.Place} is open to other machines (--insecure): {dangers}");
            }
            else
            {
                string remedies = string.Join(" and ", lacks.Select(lack => lack.Remedy));
                problems.Add(
                    new(
                        listener.Key,
                        listener.Place,
                        $"is open to other machines: {dangers}. Listen on 127.0.0.1, or {remedies}, or accept it with --insecure."
                    )
                );
            }
        }
    }

    private static string RemedyFor(Listener listener) =>
        listener.Place.StartsWith("http:", StringComparison.OrdinalIgnoreCase)
            ? "listen on https: with --tls-certificate FILE"
            : "add --tls-certificate FILE";
}
