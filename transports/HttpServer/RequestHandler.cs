using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Rollcall.Transports.HttpServer.Routing;

namespace Rollcall.Transports.HttpServer;

/// <summary>The one delegate under Kestrel: begins an exchange, dispatches it, and turns what escapes into an answer.</summary>
/// <remarks>
/// <para>Owner: Kestrel, from many threads; an <see cref="Exchange"/> belongs to one connection.</para>
/// <para>Errors: nothing here throws. What escapes a handler is our bug: logged, and answered 500 without a body.</para>
/// </remarks>
internal sealed class RequestHandler(Dispatcher dispatcher, HttpMeter meter, ILogger logger) : IHttpApplication<Exchange>
{
    /// <summary>Targets up to this long are decoded on the stack; a heartbeat's is below 200.</summary>
    private const int StackTargetMax = 512;

    public Exchange CreateContext(IFeatureCollection contextFeatures)
    {
        Exchange? exchange = null;
        if (contextFeatures is IHostContextContainer<Exchange> container)
        {
            exchange = container.HostContext ??= new Exchange();
        }

        exchange ??= new Exchange();
        exchange.Begin(contextFeatures, meter.Start());
        return exchange;
    }

    public Task ProcessRequestAsync(Exchange context)
    {
        Task handling = Task.CompletedTask;
        try
        {
            handling = Dispatch(context);
        }
        catch (Exception e)
        {
            Answer(context, e);
        }

        return handling.IsCompletedSuccessfully && !context.HasBody ? handling : FinishAsync(context, handling);
    }

    public void DisposeContext(Exchange context, Exception? exception) =>
        meter.Record(context.Operation, context.Status, context.StartedAt);

    private Task Dispatch(Exchange exchange)
    {
        string target = exchange.Target;
        byte[]? rented = target.Length > StackTargetMax ? ArrayPool<byte>.Shared.Rent(target.Length) : null;
        try
        {
            Span<byte> buffer = rented ?? stackalloc byte[StackTargetMax];
            return dispatcher.Dispatch(exchange, Router.Read(target, buffer));
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private async Task FinishAsync(Exchange exchange, Task handling)
    {
        try
        {
            await handling;
        }
        catch (Exception e)
        {
            Answer(exchange, e);
        }

        try
        {
            await exchange.SendBodyAsync();
        }
        catch (Exception e)
        {
            Answer(exchange, e);
        }
    }

    /// <summary>Answers for an exception, if there is still somebody to answer.</summary>
    private void Answer(Exchange exchange, Exception exception)
    {
        if (exception is ConnectionResetException or ConnectionAbortedException || exchange.Aborted.IsCancellationRequested)
        {
            exchange.Abort();
        }
        else if (exception is not BadHttpRequestException bad)
        {
            Log.RequestFailed(logger, exchange.Operation, exception);
            AnswerBug(exchange);
        }
        else if (!exchange.HasStarted)
        {
            exchange.Clear();
            exchange.RefuseAndClose(bad.StatusCode, bad.Message);
        }
    }

    private static void AnswerBug(Exchange exchange)
    {
        if (exchange.HasStarted)
        {
            exchange.Abort();
        }
        else
        {
            exchange.Clear();
            exchange.Answer(StatusCodes.Status500InternalServerError);
        }
    }
}
