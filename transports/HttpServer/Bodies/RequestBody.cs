using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Rollcall.Transports.HttpServer.Bodies;

/// <summary>The whole body of a request, inflated, in one rented buffer.</summary>
/// <remarks>
/// <para>
/// Owner: the handler, until it disposes it. For a body that cannot be had there is no object: it is answered already.
/// </para>
/// <para>Shape: not empty; never longer than the limit, as sent and as inflated.</para>
/// </remarks>
internal sealed class RequestBody : IDisposable
{
    private BoundedBuffer _bytes;

    private RequestBody(int bytesMax) => _bytes = new BoundedBuffer(bytesMax);

    public ReadOnlyMemory<byte> Bytes => _bytes.Written;

    /// <summary>Reads the body, or answers 400, 408, 413 or 415 and returns null.</summary>
    public static async ValueTask<RequestBody?> ReadAsync(Exchange exchange, int bytesMax, TimeSpan timeout)
    {
        BodyProblem? problem = CheckHeaders(exchange, bytesMax, out BodyCoding coding);
        if (problem is null)
        {
            var body = new RequestBody(bytesMax);
            problem = await body.ReceiveAsync(exchange, timeout) ?? body.Inflate(coding) ?? body.CheckNotEmpty();
            if (problem is null)
            {
                return body;
            }

            body.Dispose();
        }

        if (problem == BodyProblem.Missing)
        {
            exchange.Refuse(problem.Status, problem.Reason);
        }
        else
        {
            exchange.RefuseAndClose(problem.Status, problem.Reason);
        }

        return null;
    }

    public void Dispose() => _bytes.Dispose();

    private static BodyProblem? CheckHeaders(Exchange exchange, int bytesMax, out BodyCoding coding)
    {
        IHeaderDictionary headers = exchange.RequestHeaders;
        if (!BodyCodings.TryRead(headers.ContentEncoding, out coding))
        {
            exchange.Headers.AcceptEncoding = Names.InflatableCodings;
            return BodyProblem.UnknownCoding(headers.ContentEncoding.ToString());
        }

        return headers.ContentLength > bytesMax ? BodyProblem.TooLong(headers.ContentLength.Value, bytesMax)
            : exchange.CanHaveBody ? null
            : BodyProblem.Missing;
    }

    private async ValueTask<BodyProblem?> ReceiveAsync(Exchange exchange, TimeSpan timeout)
    {
        PipeReader reader = exchange.Reader;
        CancellationTokenSource? deadline = null;
        try
        {
            while (true)
            {
                if (!reader.TryRead(out ReadResult read))
                {
                    deadline ??= Deadline(reader, timeout);
                    read = await reader.ReadAsync();
                }

                bool fits = _bytes.TryAppend(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                if (!fits || read.IsCanceled || read.IsCompleted)
                {
                    return !fits ? BodyProblem.TooLong(null, _bytes.Limit)
                        : read.IsCanceled ? BodyProblem.TooSlow(timeout)
                        : null;
                }
            }
        }
        catch (IOException e) when (e.InnerException is OverflowException)
        {
            // Kestrel's refusal of a chunk size that no number can hold; all other bad chunks are its BadHttpRequestException.
            return BodyProblem.BadChunk;
        }
        finally
        {
            deadline?.Dispose();
        }
    }

    /// <summary>
    /// Ends a pending read after a while. A read that a token ends would leave the reader unusable for Kestrel's clean-up.
    /// </summary>
    private static CancellationTokenSource Deadline(PipeReader reader, TimeSpan timeout)
    {
        var deadline = new CancellationTokenSource(timeout);
        deadline.Token.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
        return deadline;
    }

    private BodyProblem? Inflate(BodyCoding coding)
    {
        if (coding == BodyCoding.Identity || _bytes.Length == 0)
        {
            return null;
        }

        var inflated = new BoundedBuffer(_bytes.Limit);
        BodyProblem? problem = BodyCodings.Inflate(coding, _bytes.Array, ref inflated);
        _bytes.Dispose();
        _bytes = inflated;
        return problem;
    }

    private BodyProblem? CheckNotEmpty() => _bytes.Length == 0 ? BodyProblem.Missing : null;
}
