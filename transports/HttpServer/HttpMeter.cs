using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Rollcall.Transports.HttpServer;

/// <summary>Requests by operation: how many and how long.</summary>
/// <remarks>
/// <para>Shape: meter <c>Rollcall.Http</c>; labels are the operation and the status class, never a service or an id.</para>
/// <para>Cost: while nobody listens two reads of a flag; else no allocation, the labels are static strings.</para>
/// </remarks>
internal sealed class HttpMeter : IDisposable
{
    public const string MeterName = "Rollcall.Http";
    public const string OtherOperation = "other";

    private static readonly string[] s_statusClasses = ["0xx", "1xx", "2xx", "3xx", "4xx", "5xx"];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;

    public HttpMeter()
    {
        _requests = _meter.CreateCounter<long>("rollcall.http.requests", "{request}", "Requests answered.");
        _duration = _meter.CreateHistogram<double>(
            "rollcall.http.duration",
            "s",
            "From the end of the header to the end of the answer."
        );
    }

    /// <summary>Now, in ticks of the stopwatch; 0 if nobody listens.</summary>
    public long Start() => _requests.Enabled || _duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    public void Record(string operation, int status, long startedAt)
    {
        if (startedAt == 0)
        {
            return;
        }

        var tags = new TagList { { "operation", operation }, { "status", s_statusClasses[Math.Clamp(status / 100, 0, 5)] } };
        _requests.Add(1, tags);
        _duration.Record(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, tags);
    }

    public void Dispose() => _meter.Dispose();
}
