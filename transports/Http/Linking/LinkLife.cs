using System.Security.Authentication;
using Rollcall.Core;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http.Linking;

/// <summary>Whether a link still holds: what goes wrong with its connections breaks it, once, and ends all that is under way.</summary>
/// <remarks>Threads: any.</remarks>
/// <param name="address">Of the link, for people.</param>
internal sealed class LinkLife(string address) : IDisposable
{
    private readonly TaskCompletionSource<LinkException> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Ends when the link is broken, with the reason.</summary>
    public Task<LinkException> Closed => _closed.Task;

    /// <summary>Breaks it, unless it is; gives back what was given.</summary>
    public LinkException Break(LinkException why)
    {
        if (_closed.TrySetResult(why))
        {
            _closing.Cancel(); // not disposed of: a call may be about to look at it
        }

        return why;
    }

    /// <summary>Breaks it at its owner's word.</summary>
    public void Dispose() => Break(new LinkException(LinkFailure.Closed, $"The link to {address} was disposed of."));

    /// <summary>Does one piece of I/O: what goes wrong with the connection breaks the link, and is told in one way.</summary>
    /// <exception cref="LinkException">The link is broken, or breaks here.</exception>
    public async Task<T> GuardAsync<T>(TimeSpan timeout, Func<CancellationToken, Task<T>> act, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await ThrowIfBrokenAsync().ConfigureAwait(false);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        ending.CancelAfter(timeout);
        try
        {
            return await act(ending.Token).ConfigureAwait(false);
        }
        catch (Exception e)
            when (e
                    is OperationCanceledException
                        or HttpRequestException
                        or IOException
                        or ObjectDisposedException
                        or InvalidDataException
            )
        {
            cancellation.ThrowIfCancellationRequested();
            await ThrowIfBrokenAsync().ConfigureAwait(false);
            string why = e is OperationCanceledException ? $"no answer within {DurationText.Show(timeout)}" : Cause(e);
            throw Break(new LinkException(LinkFailure.Closed, $"{address}: {why}.", e));
        }
    }

    /// <summary>Says why it is broken, if it is.</summary>
    public async Task ThrowIfBrokenAsync()
    {
        if (Closed.IsCompleted)
        {
            LinkException why = await Closed.ConfigureAwait(false);
            throw new LinkException(LinkFailure.Closed, why.Message, why.InnerException);
        }
    }

    /// <summary>The innermost message: the system's own words, without the layers around it.</summary>
    private static string Cause(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is AuthenticationException)
            {
                return "its certificate is not trusted, or it does not take ours";
            }
        }

        return exception.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.');
    }
}
