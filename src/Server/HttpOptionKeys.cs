using Microsoft.Extensions.Configuration;
using Rollcall.Core;
using Rollcall.Hosting.Configuration;
using Rollcall.Transports.HttpServer;

namespace Rollcall.Server;

/// <summary>The options of the HTTP adapter as a configuration names them: the one place that pairs key and property.</summary>
internal static class HttpOptionKeys
{
    /// <summary>Every option, in the order of <see cref="HttpServerOptions"/>.</summary>
    public static IReadOnlyList<OptionKey<HttpServerOptions>> All { get; } =
    [
        Key(nameof(HttpServerOptions.Url), OptionKind.Text, o => o.Url, (o, v) => o with { Url = v }),
        Key(nameof(HttpServerOptions.BodyBytesMax), OptionKind.Whole, o => o.BodyBytesMax, (o, v) => o with { BodyBytesMax = v }),
        Key(nameof(HttpServerOptions.BatchBodyBytesMax), OptionKind.Whole, o => o.BatchBodyBytesMax, (o, v) => o with { BatchBodyBytesMax = v }),
        Key(nameof(HttpServerOptions.BatchItemsMax), OptionKind.Whole, o => o.BatchItemsMax, (o, v) => o with { BatchItemsMax = v }),
        Key(nameof(HttpServerOptions.BodyTimeout), OptionKind.Duration, o => o.BodyTimeout, (o, v) => o with { BodyTimeout = v }),
        Key(nameof(HttpServerOptions.BytesPerSecondMin), OptionKind.Whole, o => o.BytesPerSecondMin, (o, v) => o with { BytesPerSecondMin = v }),
        Key(nameof(HttpServerOptions.SlowStart), OptionKind.Duration, o => o.SlowStart, (o, v) => o with { SlowStart = v }),
        Key(nameof(HttpServerOptions.RequestLineBytesMax), OptionKind.Whole, o => o.RequestLineBytesMax, (o, v) => o with { RequestLineBytesMax = v }),
        Key(nameof(HttpServerOptions.HeaderBytesMax), OptionKind.Whole, o => o.HeaderBytesMax, (o, v) => o with { HeaderBytesMax = v }),
        Key(nameof(HttpServerOptions.HeadersMax), OptionKind.Whole, o => o.HeadersMax, (o, v) => o with { HeadersMax = v }),
        Key(nameof(HttpServerOptions.HeaderTimeout), OptionKind.Duration, o => o.HeaderTimeout, (o, v) => o with { HeaderTimeout = v }),
        Key(nameof(HttpServerOptions.IdleTimeout), OptionKind.Duration, o => o.IdleTimeout, (o, v) => o with { IdleTimeout = v }),
        Key(nameof(HttpServerOptions.ConnectionsMax), OptionKind.Whole, o => o.ConnectionsMax, (o, v) => o with { ConnectionsMax = v }),
    ];

    /// <summary>The defaults with whatever <paramref name="section"/> says; all that is wrong becomes <paramref name="problems"/>.</summary>
    public static HttpServerOptions Bind(IConfigurationSection section, ICollection<ConfigurationProblem> problems)
    {
        HttpServerOptions options = OptionBinder.Bind(section, new HttpServerOptions(), All, problems);
        foreach (OptionProblem problem in options.Validate())
        {
            problems.Add(new($"{section.Path}:{problem.Name}", problem.Value, $"must be {problem.Range}."));
        }

        return options;
    }

    private static OptionKey<HttpServerOptions> Key<TValue>(
        string name,
        OptionKind<TValue> kind,
        Func<HttpServerOptions, TValue> get,
        Func<HttpServerOptions, TValue, HttpServerOptions> with
    ) => OptionKey.Of(name, kind, get, with);
}
