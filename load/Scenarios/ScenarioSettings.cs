using System.Globalization;
using System.Net;
using Rollcall.Core;
using Rollcall.Transports.Quic;

namespace Rollcall.Load.Scenarios;

/// <summary>What a scenario is run with.</summary>
internal sealed record ScenarioSettings
{
    // Addresses of the fleet are 24 bits, and a deployment takes a second generation of them.
    private const int CountMax = 8_000_000;

    private const double PercentMax = 1_000;

    /// <summary>Instances registered.</summary>
    public int Instances { get; init; } = 10_000;

    /// <summary>Services that they are spread over.</summary>
    public int Services { get; init; } = 500;

    /// <summary>Over what the clients speak: tcp, http or quic; without a word that of the target, or tcp.</summary>
    public string Transport
    {
        get => _transport ?? Target?.Scheme ?? Transports[0];
        init => _transport = value;
    }

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

    /// <summary>Instances that a rolling deployment replaces each minute, of a hundred.</summary>
    public double DeployPercent { get; init; } = 10;

    /// <summary>A server that is there already, by address; null: starts one.</summary>
    public Uri? Target { get; init; }

    /// <summary>Load on a machine that is not this one: only if its owner says so.</summary>
    public bool OwnsTarget { get; init; }

    /// <summary>Where the result goes, without the ending; null: below <c>artifacts/load</c>, by name and time.</summary>
    public string? Out { get; init; }

    /// <summary>Every transport.</summary>
    public static IReadOnlyList<string> Transports { get; } = ["tcp", "http", "quic"];

    private readonly string? _transport;

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
        ["--change-percent"] = (s, v) => s with { ChangePercent = Percent(v) },
        ["--deploy-percent"] = (s, v) => s with { DeployPercent = Percent(v) },
        ["--target"] = (s, v) => s with { Target = Address(v) },
        ["--out"] = (s, v) => s with { Out = v },
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

    /// <summary>What the run is with, for people.</summary>
    public IReadOnlyDictionary<string, string> Described() =>
        new Dictionary<string, string>
        {
            ["instances"] = Instances.ToString("N0", CultureInfo.InvariantCulture),
            ["services"] = Services.ToString("N0", CultureInfo.InvariantCulture),
            ["transport"] = Transport,
            ["duration"] = DurationText.Show(Duration),
            ["renewed every"] = DurationText.Show(Interval),
            ["renewals in a request"] = Batch.ToString(CultureInfo.InvariantCulture),
            ["connections"] = Connections.ToString(CultureInfo.InvariantCulture),
            ["subscribers"] = Subscribers.ToString("N0", CultureInfo.InvariantCulture),
            ["statuses changed each second"] = string.Create(CultureInfo.InvariantCulture, $"{ChangePercent} %"),
            ["deployed each minute"] = string.Create(CultureInfo.InvariantCulture, $"{DeployPercent} %"),
            ["server"] = Target?.ToString() ?? "started for the run",
        };

    private ScenarioSettings OrThrow()
    {
        if (!Transports.Contains(Transport))
        {
            throw new FormatException($"--transport {Transport}: there are {string.Join(", ", Transports)}.");
        }

        if (Transport == "quic" && QuicSupport.Problem is { } missing)
        {
            throw new FormatException($"--transport quic: {missing}.");
        }

        if (Target is not { } target)
        {
            return this;
        }

        if (!OwnsTarget && !(IPAddress.TryParse(target.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip)))
        {
            throw new FormatException($"{target.Host} is not a loopback address: load on another machine needs --i-own-this-target.");
        }

        return target.Scheme == Transport
            ? this
            : throw new FormatException($"--transport {Transport} and --target {target.Scheme}://… do not agree.");
    }

    // Also 100k and 1M.
    private static int Count(string text)
    {
        int times = text[^1] switch
        {
            'k' => 1_000,
            'M' => 1_000_000,
            _ => 1,
        };
        string digits = times == 1 ? text : text[..^1];
        return int.TryParse(digits, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out int count)
            && count > 0
            && count <= CountMax / times
            ? count * times
            : throw new FormatException($"must be a whole number from 1 to {CountMax:N0}, as in 20000, 100k or 1M.");
    }

    private static double Percent(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double percent) && percent is > 0 and <= PercentMax
            ? percent
            : throw new FormatException($"must be a number above 0, at most {PercentMax}.");

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Port > 0
            ? address
            : throw new FormatException("must be an address such as tcp://127.0.0.1:8762.");

    private static TimeSpan Time(string text) =>
        DurationText.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero ? time : throw new FormatException("must be a duration such as 30s.");
}
