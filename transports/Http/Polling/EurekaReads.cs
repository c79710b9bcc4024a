using System.Net;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Transports.Http.Eureka;
using Rollcall.Transports.Http.Linking;

namespace Rollcall.Transports.Http.Polling;

/// <summary>What a Eureka server can be asked, and what its answers mean: also those that say that it has nothing to show.</summary>
/// <remarks>
/// <para>Owner: one link; disposes of the lane.</para>
/// <para>Errors: <see cref="LinkException"/> for what is no answer of a Eureka server, or none that a reader can use.</para>
/// </remarks>
internal sealed class EurekaReads(HttpLane lane, LinkLife life, EurekaAddress address, TimeSpan timeout) : IDisposable
{
    /// <summary>Finds out that a Eureka server answers there, and takes the credentials.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        HttpAnswer answer = await AskAsync("/apps/delta", cancellation).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.Forbidden) // deltas are off, or it is starting: a Eureka server all the same
        {
            Document(answer);
        }
    }

    /// <summary>The one instance that a path means, if the server has it.</summary>
    public async Task<IReadOnlyList<ToldInstance>> OneAsync(string path, CancellationToken cancellation)
    {
        HttpAnswer answer = await AskAsync(path, cancellation).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.NotFound ? [] : Document(answer).Instances;
    }

    /// <summary>All of the registry.</summary>
    public async Task<IReadOnlyList<ToldInstance>> AllAsync(CancellationToken cancellation)
    {
        // The slash is Java's: its clients and its redirects have it.
        HttpAnswer answer = await AskAsync("/apps/", cancellation).ConfigureAwait(false);
        return Document(answer, gated: true).Instances;
    }

    /// <summary>The instances of a filter that names some.</summary>
    public async Task<IReadOnlyList<ToldInstance>> PartAsync(InstanceFilter filter, CancellationToken cancellation)
    {
        string under = filter.Kind switch
        {
            FilterKind.Services => "/apps/",
            FilterKind.Vips => "/vips/",
            _ => "/svips/",
        };
        var found = new List<ToldInstance>();
        foreach (string name in filter.Names)
        {
            HttpAnswer answer = await AskAsync(under + Uri.EscapeDataString(name), cancellation).ConfigureAwait(false);
            if (answer.Status != HttpStatusCode.NotFound)
            {
                found.AddRange(Document(answer, gated: true).Instances);
            }
        }

        return found;
    }

    /// <summary>Brings a copy up to date by a delta.</summary>
    /// <returns>False: the server gives none, or after it the copy is not what the server has: it must be read in full.</returns>
    public async Task<bool> CatchUpAsync(EurekaCopy copy, CancellationToken cancellation)
    {
        HttpAnswer answer = await AskAsync("/apps/delta", cancellation).ConfigureAwait(false);
        if (answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            return false;
        }

        EurekaDocument delta = Document(answer);
        copy.Apply(delta.Instances);
        return delta.Hash == copy.Hash();
    }

    /// <inheritdoc/>
    public void Dispose() => lane.Dispose();

    private EurekaDocument Document(HttpAnswer answer, bool gated = false) =>
        answer.IsSuccess ? Read(answer)
        : gated && answer.Status == HttpStatusCode.Forbidden ? throw EurekaRefusals.NotYet(address.Text)
        : throw EurekaRefusals.Failure(address.Text, answer);

    private EurekaDocument Read(HttpAnswer answer)
    {
        try
        {
            return EurekaDocument.Read(answer.Body.Span);
        }
        catch (JsonException e)
        {
            string what = $"{address.Text} answered what no Eureka server does: {RegistryError.Shown(e.Message, 200)}.";
            throw new LinkException(LinkFailure.Protocol, what, e);
        }
    }

    private Task<HttpAnswer> AskAsync(string path, CancellationToken cancellation) =>
        life.GuardAsync(timeout, token => lane.SendAsync(HttpMethod.Get, address.BasePath + path, null, token), cancellation);
}
