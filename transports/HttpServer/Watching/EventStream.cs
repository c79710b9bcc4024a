using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.V1;
using Rollcall.Transports.HttpServer.Documents;
using Rollcall.Transports.HttpServer.Native;

namespace Rollcall.Transports.HttpServer.Watching;

/// <summary>One watch as server-sent events, as browsers' EventSource and <c>curl -N</c> read them.</summary>
/// <remarks>
/// <para>
/// First <c>subscribed</c>, with the name to acknowledge by; then <c>snapshot</c>, <c>changes</c> and <c>progress</c>, each with its version as
/// <c>id</c>, so that a browser resumes by itself; a comment where nothing happens, so that proxies and dead peers are noticed.
/// </para>
/// <para>Nothing is taken up before what was sent has gone: what happens meanwhile is one event. A reader that takes nothing for
/// <see cref="HttpServerOptions.WatchStallTimeout"/> is closed.</para>
/// <para>Source: WHATWG HTML, 9.2 Server-sent events.</para>
/// </remarks>
internal sealed class EventStream(
    Exchange exchange,
    Watcher watcher,
    NativeDocuments documents,
    WatchHub hub,
    HttpServerOptions options
)
{
    private static readonly byte[] s_comment = ":\n\n"u8.ToArray();

    private readonly List<ReadOnlyMemory<byte>> _changes = [];
    private readonly CancellationToken _aborted = exchange.Aborted;
    private PipeWriter _output = null!;
    private long _sentAt; // ticks of the stopwatch

    public async Task RunAsync()
    {
        exchange.Answer(StatusCodes.Status200OK);
        exchange.Headers.ContentType = Names.EventStream;
        exchange.Headers.XContentTypeOptions = Names.NoSniff;
        exchange.Headers.CacheControl = Names.NoStore;
        exchange.Headers["X-Accel-Buffering"] = Names.No; // nginx would keep events back until it has a page of them
        if (exchange.IsHead)
        {
            return;
        }

        _output = await exchange.StartBodyAsync();
        Write($"retry: 1000\nevent: subscribed\ndata: {{\"{V1Member.Subscription.Name()}\":\"{watcher.Name}\"}}\n\n");
        bool open = await FlushAsync();
        while (open && !hub.IsStopping && !_aborted.IsCancellationRequested)
        {
            open = await StepAsync();
        }
    }

    /// <summary>Sends what there is, or waits and says that it lives; false once nobody reads any more.</summary>
    private async ValueTask<bool> StepAsync()
    {
        _changes.Clear();
        WatchStep step = watcher.Next(_changes);
        switch (step.Kind)
        {
            case UpdateKind.Snapshot:
                return await SendSnapshotAsync(step.Snapshot!);
            case { } kind:
                return await SendAsync(kind);
            default:
                return await RestAsync();
        }
    }

    private async ValueTask<bool> RestAsync()
    {
        // Counted from what was sent last: what others follow wakes this one as well, and must not keep it silent for ever.
        TimeSpan left = options.WatchKeepAlive - Stopwatch.GetElapsedTime(_sentAt);
        if (left > TimeSpan.Zero)
        {
            await watcher.WaitAsync(left, _aborted);
            return true;
        }

        if (watcher.HasMoved)
        {
            watcher.Tell();
            return await SendAsync(UpdateKind.Progress);
        }

        _output.Write(s_comment);
        return await FlushAsync();
    }

    private async ValueTask<bool> SendAsync(UpdateKind kind)
    {
        WriteHead(kind);
        foreach (ReadOnlyMemory<byte> piece in UpdateBytes.Of(watcher.Version, _changes))
        {
            _output.Write(piece.Span);
        }

        _output.Write("\n"u8);
        return await FlushAsync();
    }

    private async ValueTask<bool> SendSnapshotAsync(RegistrySnapshot snapshot)
    {
        WriteHead(UpdateKind.Snapshot);
        foreach (ReadOnlyMemory<byte> piece in documents.Pieces(snapshot, watcher.Filter, DocumentAnswer.FlushBytes))
        {
            _output.Write(piece.Span);
            if (!await FlushAsync())
            {
                return false;
            }
        }

        _output.Write("\n"u8);
        return await FlushAsync();
    }

    // What follows is one line of JSON with its end: the empty line behind it ends the event.
    private void WriteHead(UpdateKind kind) => Write($"id: {watcher.Version}\nevent: {V1Words.Of(kind)}\ndata: ");

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _output);

    private async ValueTask<bool> FlushAsync()
    {
        _sentAt = Stopwatch.GetTimestamp();
        ValueTask<FlushResult> flush = _output.FlushAsync(_aborted);
        if (flush.IsCompletedSuccessfully)
        {
            return !flush.Result.IsCompleted;
        }

        using var deadline = new Timer(
            static exchange => ((Exchange)exchange!).Abort(),
            exchange,
            options.WatchStallTimeout,
            Timeout.InfiniteTimeSpan
        );
        return !(await flush).IsCompleted;
    }
}
