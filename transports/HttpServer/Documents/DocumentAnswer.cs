using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Core.Snapshots;

namespace Rollcall.Transports.HttpServer.Documents;

/// <summary>Answers with documents out of a cache.</summary>
internal static class DocumentAnswer
{
    /// <summary>Bytes handed to the connection before waiting for the reader: bounds what one slow reader holds.</summary>
    public const int FlushBytes = 65_536;

    /// <summary>Tags a document; false if the caller has it already, which is then answered.</summary>
    public static bool TryBegin(Exchange exchange, string tag, StringValues vary)
    {
        exchange.Headers.Vary = vary;
        exchange.Headers.CacheControl = Names.NoCache;
        exchange.Headers.ETag = tag;
        if (!EntityTag.IsNamedBy(exchange.RequestHeaders.IfNoneMatch, tag))
        {
            return true;
        }

        exchange.Answer(StatusCodes.Status304NotModified);
        return false;
    }

    public static async Task SendAsync(Exchange exchange, StringValues contentType, DocumentCoding coding, EncodedDocument document)
    {
        exchange.Headers.ContentType = contentType;
        exchange.Headers.XContentTypeOptions = Names.NoSniff;
        exchange.Headers.ContentLength = document.Length;
        if (coding == DocumentCoding.Gzip)
        {
            exchange.Headers.ContentEncoding = Names.Gzip;
        }

        if (!exchange.IsHead)
        {
            await WriteAsync(await exchange.StartBodyAsync(), document, exchange.Aborted);
        }
    }

    private static async Task WriteAsync(PipeWriter writer, EncodedDocument document, CancellationToken aborted)
    {
        int unflushed = 0;
        foreach (ReadOnlyMemory<byte> segment in document)
        {
            ReadOnlyMemory<byte> rest = segment;
            while (!rest.IsEmpty)
            {
                int length = Math.Min(rest.Length, FlushBytes - unflushed);
                writer.Write(rest.Span[..length]);
                rest = rest[length..];
                unflushed += length;
                if (unflushed == FlushBytes)
                {
                    unflushed = 0;
                    if ((await writer.FlushAsync(aborted)).IsCompleted)
                    {
                        return;
                    }
                }
            }
        }

        // Kestrel flushes what stands behind the last flush only if the connection ends there.
        await writer.FlushAsync(aborted);
    }
}
