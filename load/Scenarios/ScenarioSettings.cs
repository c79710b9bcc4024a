using System.Globalization;
using System.Net;
using Rollcall.Core;

namespace Rollcall.Load.Scenarios;

/// <summary>What a scenario is run with.</summary>
internal sealed record ScenarioSettings
{
    /// <summary>Instances registered.</summary>
    public int Instances { get; init; } = 10_000;

    /// <summary>Services that they are spread over.</summary>
    public int Services { get; init; } = 500;

    /// <summary>Over what the clients speak: tcp, http or quic.</summary>
    public string Transport { get; init; } = "tcp";

    /// <summary>How long load comes.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often each instance renews; its lease lasts three times as long.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Instances renewed by one request.</summary>
    public int Batch { get; init; } = 100;

    /// <summary>Connections of those who register and renew.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Subscribers.</summary>
    public int Subscribers { get; init; } = 100;

    /// <summary>Instances that change their status each second, of a hundred.</summary>
    public double ChangePercent { get; init; } = 1;

    /// <summary>A server that is there already, by address; null: starts one.</summary>
    public Uri? Server { get; init; }

    /// <summary>Load on a machine that is not this one: only if its owner says so.</summary>
    public bool OwnsTarget { get; init; }

    private static readonly Dictionary<string, Func<ScenarioSettings, string, ScenarioSettings>> s_flags = new()
    {
        ["--instances"] = (s, v) => s with { Instances = Count(v) },
        ["--services"] = (s, v) => s with { Services = Count(v) },
        ["--transport"] = (s, v) => s with { Transport = v },
        ["--duration"] = (s, v) => s with { Duration = Time(v) },
        ["--interval"] = (s, v) => s with { Interval = Time(v) },
        ["--batch"] = (s, v) => s with { Batch = Count(v) },
        ["--connections"] = (s, v) => s with { Connections = Count(v) },
        ["--subscribers"] = (s, v) => s with { Subscribers = Count(v) },
        ["--change-percent"] = (s, v) => s with { ChangePercent = double.Parse(v, CultureInfo.InvariantCulture) },
        ["--server"] = (s, v) => s with { Server = new Uri(v) },
    };

    /// <summary>Names of all flags, for people.</summary>
    public static string Flags => string.Join(' ', s_flags.Keys) + " --i-own-this-target";

    /// <summary>The settings that flags ask for.</summary>
    /// <exception cref="FormatException">One of them is not known, or its value is none: one line for people.</exception>
    public static ScenarioSettings Parse(IReadOnlyList<string> args)
    {
        var settings = new ScenarioSettings();
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] == "--i-own-this-target")
            {
                settings = settings with { OwnsTarget = true };
            }
            else if (!s_flags.TryGetValue(args[i], out var set))
            {
                throw new FormatException($"{args[i]} is not known; there are {Flags}.");
            }
            else if (i + 1 == args.Count)
            {
                throw new FormatException($"{args[i]} needs a value.");
            }
            else
            {
                try
                {
                    settings = set(settings, args[++i]);
                }
                catch (FormatException e)
                {
                    throw new FormatException($"{args[i - 1]} {args[i]}: {e.Message}", e);
                }
            }
        }

        return settings.OrThrow();
    }

    private ScenarioSettings OrThrow()
    {
        if (Server is { } server && !OwnsTarget && !(IPAddress.TryParse(server.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip)))
        {
            throw new FormatException(
                $"{server.Host} is not a loopback address: load on another machine needs --i-own-this-target."
            );
        }

        return Server is null || Server.Scheme == Transport
            ? this
            : throw new FormatException($"--transport {Transport} and --server {Server.Scheme}://… do not agree.");
    }

    private static int Count(string text) =>
        int.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new FormatException("must be a whole number of at least 1.");

    private static TimeSpan Time(string text) =>
        DurationText.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero ? time : throw new FormatException("must be a duration such as 30s.");
}
