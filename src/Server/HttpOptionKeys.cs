using System.Runtime.CompilerServices;
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
        Key(OptionKind.Text, o => o.Url, (o, v) => o with { Url = v }),
        Key(OptionKind.Whole, o => o.BodyBytesMax, (o, v) => o with { BodyBytesMax = v }),
        Key(OptionKind.Whole, o => o.BatchBodyBytesMax, (o, v) => o with { BatchBodyBytesMax = v }),
        Key(OptionKind.Whole, o => o.BatchItemsMax, (o, v) => o with { BatchItemsMax = v }),
        Key(OptionKind.Duration, o => o.BodyTimeout, (o, v) => o with { BodyTimeout = v }),
        Key(OptionKind.Whole, o => o.BytesPerSecondMin, (o, v) => o with { BytesPerSecondMin = v }),
        Key(OptionKind.Duration, o => o.SlowStart, (o, v) => o with { SlowStart = v }),
        Key(OptionKind.Whole, o => o.RequestLineBytesMax, (o, v) => o with { RequestLineBytesMax = v }),
        Key(OptionKind.Whole, o => o.HeaderBytesMax, (o, v) => o with { HeaderBytesMax = v }),
        Key(OptionKind.Whole, o => o.HeadersMax, (o, v) => o with { HeadersMax = v }),
        Key(OptionKind.Duration, o => o.HeaderTimeout, (o, v) => o with { HeaderTimeout = v }),
        Key(OptionKind.Duration, o => o.IdleTimeout, (o, v) => o with { IdleTimeout = v }),
        Key(OptionKind.Whole, o => o.ConnectionsMax, (o, v) => o with { ConnectionsMax = v }),
    ];

    /// <summary>The defaults and what <paramref name="section"/> says; problems go to <paramref name="problems"/>.</summary>
    public static HttpServerOptions Bind(IConfigurationSection section, ICollection<ConfigurationProblem> problems)
    {
        HttpServerOptions options = OptionBinder.Bind(section, new HttpServerOptions(), All, problems);
        foreach (OptionProblem problem in options.Validate())
        {
            problems.Add(new($"{section.Path}:{problem.Name}", problem.Value, $"must be {problem.Range}."));
        }

        return options;
    }

    /// <summary>A key named like the property that <paramref name="get"/> reads.</summary>
    private static OptionKey<HttpServerOptions> Key<TValue>(
        OptionKind<TValue> kind,
        Func<HttpServerOptions, TValue> get,
        Func<HttpServerOptions, TValue, HttpServerOptions> with,
        [CallerArgumentExpression(nameof(get))] string read = ""
    )
    {
        string name = read[(read.LastIndexOf('.') + 1)..];
        return OptionKey.Of(name, kind, HttpServerOptions.Rules.FirstOrDefault(rule => rule.Name == name)?.Range, get, with);
    }
}
