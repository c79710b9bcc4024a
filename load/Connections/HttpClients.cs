using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Rollcall.Load.Driving;

namespace Rollcall.Load.Connections;

/// <summary>Connections to one server over HTTP/1.1, each with one ready-made request under way at most.</summary>
/// <remarks>Owner: one run at a time.</remarks>
internal sealed class HttpClients(HttpConnection[] connections, byte[][] requests) : IDisposable
{
    /// <summary>Opens so many.</summary>
    public static async Task<HttpClients> ConnectAsync(Uri server, byte[][] requests, int count)
    {
        var endPoint = IPEndPoint.Parse(server.Authority);
        HttpConnection[] connections = await Task.WhenAll(
            Enumerable.Range(0, count).Select(_ => HttpConnection.ConnectAsync(endPoint))
        );
        return new HttpClients(connections, requests);
    }

    /// <summary>Each connection asks again as soon as it is answered.</summary>
    public async Task<long> SaturateAsync(TimeSpan during)
    {
        var idle = new ConcurrentStack<HttpConnection>(connections);
        StepStats stats = await LoadRun.RunAsync(
            "heartbeats",
            async (request, cancellation) =>
            {
                idle.TryPop(out HttpConnection? connection);
                bool good = await connection!.SendAsync(requests[request.Number % requests.Length], cancellation);
                idle.Push(connection);
                return good;
            },
            LoadSimulation.KeepConstant(connections.Length, during)
        );
        return stats.Failed == 0 ? stats.Ok : throw new InvalidOperationException($"Heartbeats failed: {stats}");
    }

    /// <summary>Requests when they are due; one that finds no idle connection waits for the next, and that counts.</summary>
    public Task<StepStats> OfferAsync(string name, double perSecond, TimeSpan during) =>
        LoadRun.RunAsync(name, Step(), LoadSimulation.InjectPoisson(perSecond, during));

    /// <summary>One request on whichever connection is idle next.</summary>
    public Step Step()
    {
        var idle = Channel.CreateUnbounded<HttpConnection>();
        Array.ForEach(connections, connection => idle.Writer.TryWrite(connection));
        return async (request, cancellation) =>
        {
            HttpConnection connection = await idle.Reader.ReadAsync(cancellation);
            bool good = await connection.SendAsync(requests[request.Number % requests.Length], cancellation);
            idle.Writer.TryWrite(connection);
            return good;
        };
    }

    public void Dispose() => Array.ForEach(connections, connection => connection.Dispose());
}
