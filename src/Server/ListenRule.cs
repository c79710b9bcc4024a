using Rollcall.Configuration;

namespace Rollcall.Server;

/// <summary>Beyond this machine the server listens only with TLS and credentials, unless it was told to do without.</summary>
internal static class ListenRule
{
    private static readonly Danger s_anyone = new("anyone who can connect may register and cancel", "add --credentials FILE");

    /// <summary>
    /// Judges each listener: what it lacks becomes a problem, or, if <paramref name="insecureAllowed"/>, a warning said at every start.
    /// </summary>
    public static void Check(
        IEnumerable<Listener> listeners,
        bool asksForCredentials,
        bool insecureAllowed,
        ICollection<ConfigurationProblem> problems,
        ICollection<string> warnings
    )
    {
        foreach (Listener listener in listeners.Where(listener => !listener.IsLoopback))
        {
            Danger[] dangers = [.. new[] { asksForCredentials ? null : s_anyone, listener.Exposure }.OfType<Danger>()];
            if (dangers.Length == 0)
            {
                continue;
            }

            string text = string.Join(", and ", dangers.Select(danger => danger.Text));
            if (insecureAllowed)
            {
                warnings.Add($"{listener.Place} is open to other machines (--insecure): {text}");
            }
            else
            {
                string remedies = string.Join(" and ", dangers.Select(danger => danger.Remedy));
                string way = $"Listen on 127.0.0.1, or {remedies}, or accept it with --insecure.";
                problems.Add(new(listener.Key, listener.Place, $"is open to other machines: {text}. {way}"));
            }
        }
    }
}
