using Rollcall.Core;
using Rollcall.Core.Seams;
using Rollcall.Dialing;

namespace Rollcall.Gateway;

/// <summary>Everything the gateway was told, checked.</summary>
internal sealed record GatewaySettings
{
    public const string ListenDefault = "127.0.0.1:8760";

    /// <summary>In the environment: the token that is shown to the registry. A command line can be read by others.</summary>
    public const string TokenVariable = "ROLLCALL_TOKEN";

    private const string Http = "http://";

    /// <summary>Addresses of the registry's nodes.</summary>
    public IReadOnlyList<string> Registries { get; private init; } = [];

    /// <summary>Where to listen.</summary>
    public ListenAddress Listen { get; private init; } = AddressOf(ListenDefault)!;

    /// <summary>Own zone; null: all are alike.</summary>
    public string? Zone { get; private init; }

    /// <summary>Own region; null: all are alike.</summary>
    public string? Region { get; private init; }

    /// <summary>How long an instance may send nothing.</summary>
    public TimeSpan AnswerLimit { get; private init; } = TimeSpan.FromSeconds(100);

    /// <summary>True if it may listen beyond this machine.</summary>
    public bool IsInsecureAllowed { get; private init; }

    /// <summary>The flag to answer in place of starting; null: start.</summary>
    public string? Question { get; private init; }

    /// <summary>Reads the command line: <c>--flag value</c> and <c>--flag=value</c>. All that is wrong becomes <paramref name="problems"/>.</summary>
    public static GatewaySettings Read(IEnumerable<string> args, ICollection<string> problems)
    {
        var settings = new GatewaySettings();
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out string? arg))
        {
            string[] parts = arg.Split('=', 2);
            string name = parts[0] is "-h" or "-?" ? GatewayFlag.Usage : parts[0];
            string? value = parts.ElementAtOrDefault(1);
            if (GatewayFlag.All.FirstOrDefault(flag => flag.Name == name) is not { } flag)
            {
                // What follows it is not repeated, nor taken for a problem of its own: it may be a secret meant for some other program.
                problems.Add($"{(name.StartsWith('-') ? name : "An argument without a flag")}: there is no such flag; --help lists all.");
                _ = value is null && rest.TryPeek(out string? next) && !next.StartsWith('-') && rest.TryDequeue(out _);
            }
            else if (flag.Value is not null && value is null && (!rest.TryPeek(out string? follows) || follows.StartsWith("--", StringComparison.Ordinal)))
            {
                problems.Add($"{flag.Name} needs a value: {flag.Form}.");
            }
            else
            {
                settings = settings.With(flag, flag.Value is null ? "" : value ?? rest.Dequeue(), problems);
            }
        }

        settings.Check(problems);
        return settings;
    }

    private GatewaySettings With(GatewayFlag flag, string value, ICollection<string> problems)
    {
        switch (flag.Name)
        {
            case GatewayFlag.Registry:
                if (LinkDialer.Problem(value) is { } problem)
                {
                    // Not repeated: it may hold credentials.
                    problems.Add($"{flag.Name}: the address {problem}");
                }

                return this with { Registries = [.. Registries, value] };
            case GatewayFlag.Listen:
                ListenAddress? listen = AddressOf(value);
                if (listen is null)
                {
                    problems.Add($"{flag.Name} {value}: must be http://{ListenAddress.Form}.");
                }

                return this with { Listen = listen ?? Listen };
            case GatewayFlag.AnswerLimit:
                bool isDuration = DurationText.TryParse(value, out TimeSpan limit) && limit >= TimeSpan.FromMilliseconds(100) && limit <= TimeSpan.FromDays(1);
                if (!isDuration)
                {
                    problems.Add($"{flag.Name} {value}: must be a duration of 100ms..1d, such as 100s.");
                }

                return this with { AnswerLimit = limit };
            case GatewayFlag.Zone:
                return this with { Zone = value };
            case GatewayFlag.Region:
                return this with { Region = value };
            case GatewayFlag.Insecure:
                return this with { IsInsecureAllowed = true };
            default:
                return this with { Question = flag.Name };
        }
    }

    private void Check(ICollection<string> problems)
    {
        if (Question is not null)
        {
            return;
        }

        if (Registries.Count == 0)
        {
            problems.Add($"{GatewayFlag.Registry} is missing: name a node of the registry, {GatewayFlag.Registry} tcp://127.0.0.1:8762.");
        }

        if (Registries.Distinct(StringComparer.OrdinalIgnoreCase).Count() < Registries.Count)
        {
            problems.Add($"{GatewayFlag.Registry} names the same node twice.");
        }

        if (!Listen.IsLoopback && !IsInsecureAllowed)
        {
            problems.Add(
                $"{GatewayFlag.Listen} {Http}{Listen}: beyond this machine everything sent can be read on the way, and anyone may call every service. "
                    + $"Listen on loopback behind something that speaks TLS, or add {GatewayFlag.Insecure}."
            );
        }

        foreach ((string name, string? value) in new[] { (GatewayFlag.Zone, Zone), (GatewayFlag.Region, Region) })
        {
            if (value is not null && value.Trim().Length == 0)
            {
                problems.Add($"{name} must be a name.");
            }
        }
    }

    private static ListenAddress? AddressOf(string text)
    {
        string place = text.StartsWith(Http, StringComparison.OrdinalIgnoreCase) ? text[Http.Length..].TrimEnd('/') : text;
        return ListenAddress.TryParse(place, out ListenAddress? address) ? address : null;
    }
}
