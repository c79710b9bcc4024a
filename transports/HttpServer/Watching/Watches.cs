using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.V1;
using Rollcall.Transports.HttpServer.Bodies;
using Rollcall.Transports.HttpServer.Documents;
using Rollcall.Transports.HttpServer.Native;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer.Watching;

/// <summary><c>GET /v1/watch</c>, as events or as a long poll, and acknowledgements.</summary>
internal sealed class Watches(RegistryService registry, NativeDocuments documents, WatchHub hub, HttpServerOptions options)
{
    private const string TooMany = "As many watch as may (HttpServerOptions.WatchersMax). Try again later, or at another node.";

    private static readonly TimeSpan s_waitDefault = TimeSpan.FromSeconds(30);

    public Task Watch(Exchange exchange, in Route route)
    {
        if (!Filters.TryRead(exchange, route.Query, out InstanceFilter? filter))
        {
            return Task.CompletedTask;
        }

        bool events = WantsEvents(exchange.RequestHeaders);
        if (!TryReadSince(exchange, events, route.Query, out RegistryVersion since) || !TryReadWait(exchange, route.Query, out TimeSpan wait))
        {
            return Task.CompletedTask;
        }

        return WatchAsync(exchange, filter, since, events, wait);
    }

    public async Task Acknowledge(Exchange exchange)
    {
        using RequestBody? body = await NativeWrites.ReadJsonAsync(exchange, options.BodyBytesMax, options.BodyTimeout);
        if (body is null)
        {
            return;
        }

        if (!V1RequestReader.TryReadAcknowledgement(body.Bytes.Span, out V1Acknowledgement? acknowledgement, out string? problem))
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, problem);
        }
        else if (hub.Find(acknowledgement.Subscription) is not { } watcher)
        {
            exchange.NotFound("No such subscription: it has ended, or is at another node.");
        }
        else if (!watcher.TryAcknowledge(acknowledgement.Version))
        {
            exchange.Refuse(StatusCodes.Status400BadRequest, "This version was never sent: it is another node's, or is yet to come.", V1Error.InvalidValue);
        }
        else
        {
            exchange.Answer(StatusCodes.Status204NoContent);
        }
    }

    private static bool WantsEvents(IHeaderDictionary headers)
    {
        foreach (string? value in headers.Accept)
        {
            if (value?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A browser that connects again sends the same URL as before, and in a header what it has seen meanwhile.</summary>
    private static bool TryReadSince(Exchange exchange, bool events, ReadOnlySpan<char> query, out RegistryVersion since)
    {
        StringValues last = exchange.RequestHeaders["Last-Event-ID"];
        if (events && last.Count == 1 && RegistryVersion.TryParse(last[0], out since))
        {
            return true;
        }

        bool good = Filters.TryReadSince(exchange, query, out RegistryVersion? read);
        since = read ?? RegistryVersion.None;
        return good;
    }

    private bool TryReadWait(Exchange exchange, ReadOnlySpan<char> query, out TimeSpan wait)
    {
        wait = s_waitDefault;
        if (!Query.TryGet(query, "wait", out ReadOnlySpan<char> text))
        {
            return true;
        }

        bool good =
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds <= (decimal)options.WatchWaitMax.TotalSeconds;
        if (!good)
        {
            exchange.Refuse(
                StatusCodes.Status400BadRequest,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"wait must be a number of seconds from 0 to {options.WatchWaitMax.TotalSeconds} (HttpServerOptions.WatchWaitMax)."
                ),
                V1Error.InvalidValue
            );
            return false;
        }

        wait = new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    private async Task WatchAsync(Exchange exchange, InstanceFilter filter, RegistryVersion since, bool events, TimeSpan wait)
    {
        using var watcher = new Watcher(registry, documents, hub, filter, since);
        if (!hub.TryAdd(watcher))
        {
            exchange.Headers.RetryAfter = "5";
            exchange.Refuse(StatusCodes.Status503ServiceUnavailable, TooMany);
            return;
        }

        CancellationToken aborted = exchange.Aborted;
        await using CancellationTokenRegistration waking = aborted.UnsafeRegister(static watcher => ((Watcher)watcher!).Wake(), watcher);
        if (events)
        {
            await new EventStream(exchange, watcher, documents, hub, options).RunAsync();
        }
        else
        {
            await PollAsync(exchange, watcher, wait, aborted);
        }
    }

    /// <summary>At once if there is something, else when there is, or after the wait: then only the version.</summary>
    private async Task PollAsync(Exchange exchange, Watcher watcher, TimeSpan wait, CancellationToken aborted)
    {
        long begun = Stopwatch.GetTimestamp();
        var changes = new List<ReadOnlyMemory<byte>>();
        WatchStep step;
        while ((step = watcher.Next(changes)).Kind is null && !hub.IsStopping && !aborted.IsCancellationRequested)
        {
            TimeSpan left = wait - Stopwatch.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            await watcher.WaitAsync(left, aborted);
        }

        exchange.Headers[Names.Version] = watcher.Version.ToString();
        exchange.Headers.CacheControl = Names.NoStore;
        if (step.Snapshot is { } snapshot)
        {
            await NativeReads.SendSnapshotAsync(exchange, documents, snapshot, watcher.Filter);
        }
        else
        {
            await NativeReads.SendPiecesAsync(exchange, UpdateBytes.Of(watcher.Version, changes));
        }
    }
}
