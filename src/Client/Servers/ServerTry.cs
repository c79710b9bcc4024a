using Rollcall.Core;
using Rollcall.Core.Seams;

namespace Rollcall.Client.Servers;

/// <summary>One try at a server: it ends in time, and whatever goes wrong in it is a <see cref="LinkException"/>.</summary>
/// <remarks><para>Errors: besides that, <see cref="OperationCanceledException"/> by the caller's token alone.</para></remarks>
/// <param name="limit"><see cref="ClientOptions.TryLimit"/>.</param>
/// <param name="time">Measures it.</param>
internal sealed class ServerTry(TimeSpan limit, TimeProvider time)
{
    /// <summary>A link to the server. The caller disposes of it; one that comes too late is disposed of here.</summary>
    public async Task<IRegistryLink> DialAsync(RegistryServer server, CancellationToken cancellation)
    {
        Task<IRegistryLink>? dial = null;
        try
        {
            return await CallAsync(server, ending => new ValueTask<IRegistryLink>(dial = server.Dial(ending).AsTask()), cancellation);
        }
        catch
        {
            _ = DisposeLateAsync(dial);
            throw;
        }
    }

    /// <summary>What the server answers to a call.</summary>
    public async Task<T> CallAsync<T>(RegistryServer server, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, over.Token);
        try
        {
            // WaitAsync: a link that does not heed its token must not hold the client.
            return await call(either.Token).AsTask().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new LinkException(
                LinkFailure.Unreachable,
                $"{server.Name} did not answer within {DurationText.Show(limit)} (ClientOptions.{nameof(ClientOptions.TryLimit)})."
            );
        }
        catch (Exception fault) when (fault is not (LinkException or OperationCanceledException))
        {
            // A link's own bug must not take the application's registration with it.
            throw new LinkException(LinkFailure.Protocol, $"{server.Name}: {fault.Message}", fault);
        }
    }

    /// <summary>A dial that was given up may succeed after all: nobody would close that link.</summary>
    private static async Task DisposeLateAsync(Task<IRegistryLink>? dial)
    {
        try
        {
            if (dial is not null)
            {
                await (await dial).DisposeAsync();
            }
        }
        catch (Exception)
        {
            // It did not succeed, or is broken.
        }
    }
}
