using Rollcall.Core.Model;

namespace Rollcall.Client.Catalogues;

/// <summary>Keeps the catalogue's file up to date, and takes it at the start.</summary>
/// <remarks>Owner: one caller at a time. Errors: none come out; each change between good and bad is a notice.</remarks>
internal sealed class CatalogueStore(string path, ClientOptions options, ClientClock clock, CatalogueKeeper keeper, Action<ClientNotice> notice)
{
    private RegistryVersion _written;
    private MonotonicTime? _triedAt;
    private bool _failing;

    /// <summary>Puts what the file says into the catalogue.</summary>
    /// <returns>How old that is; null: there is nothing, or it was refused.</returns>
    public TimeSpan? Take()
    {
        (CatalogueContent? content, string? refusal) = CatalogueFile.Read(path);
        if (content is not null)
        {
            // Clocks are set back: a file from the future is as old as its writing, which is unknown; it counts as fresh.
            TimeSpan age = TimeSpan.FromMilliseconds(Math.Max(0, clock.WallMs - content.WrittenAtMs));
            if (age <= options.CatalogueFileAgeMax)
            {
                keeper.TakeFile(content.Instances);
                notice(ClientNotice.FileTaken(path, content.Instances.Count, age));
                return age;
            }

            refusal = $"it is {age.TotalHours:0.#} h old (ClientOptions.{nameof(ClientOptions.CatalogueFileAgeMax)})";
        }

        if (refusal is not null)
        {
            notice(ClientNotice.FileRefused(path, refusal));
        }

        return null;
    }

    /// <summary>Writes the file if the catalogue has changed and the file is old enough.</summary>
    public void WriteIfDue(MonotonicTime now)
    {
        if (_triedAt is not { } tried || now - tried >= options.CatalogueFileInterval)
        {
            Write(now);
        }
    }

    /// <summary>Writes the file if the catalogue has changed. One that no registry has confirmed is not written.</summary>
    public void Write(MonotonicTime now)
    {
        Catalogue catalogue = keeper.Current;
        if (catalogue.Version == _written)
        {
            return;
        }

        _triedAt = now;
        var instances = new List<Instance>();
        foreach (EndpointList service in catalogue.Services)
        {
            foreach (ServiceEndpoint endpoint in service.Endpoints)
            {
                instances.Add(endpoint.Record);
            }
        }

        try
        {
            CatalogueFile.Write(path, new CatalogueContent(catalogue.Version, clock.WallMs, instances));
            _failing = false;
            _written = catalogue.Version;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
            {
                notice(ClientNotice.FileNotWritten(path, problem.Message));
            }

            _failing = true;
        }
    }
}
