using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Rollcall.Configuration;
using Rollcall.Hosting.Clustering;
using Rollcall.Server.Clustering;

namespace Rollcall.Server;

/// <summary>Takes what has changed in the files of the settings into the running server: the peers. The rest waits for a restart, and is named.</summary>
/// <remarks>Files that would not start the server change nothing, whatever is wrong with them: all of it is said, a line each.</remarks>
/// <param name="line">What was said at the start goes on to outrank the files.</param>
/// <param name="atStart">All sources as they were then.</param>
/// <param name="settings">What was read from them.</param>
/// <param name="files">The files.</param>
internal sealed class SettingsReload(CommandLine line, IConfigurationRoot atStart, ServerSettings settings, FileWatch files)
{
    private ServerSettings _inForce = settings; // as far as peers go; of the watch

    /// <summary>Begins to look.</summary>
    /// <param name="peers">Of the server.</param>
    /// <param name="cluster">Null: the server stands alone, and does so until a restart.</param>
    /// <param name="logger">For what was done, and what not.</param>
    public void Start(ServerPeers peers, ClusterHost? cluster, ILogger logger) =>
        files.Start(() =>
        {
            try
            {
                Reload(peers, cluster, logger);
            }
            catch (Exception exception)
            {
                logger.ReloadFailed(exception);
            }
        });

    /// <summary>Looks no more, once a call under way has ended: to be called before the cluster stops.</summary>
    public ValueTask StopAsync() => files.DisposeAsync();

    private void Reload(ServerPeers peers, ClusterHost? cluster, ILogger logger)
    {
        var problems = new List<ConfigurationProblem>();
        problems.AddRange(files.Paths.Where(path => !File.Exists(path)).Select(path => new ConfigurationProblem(path, null, "is there no more.")));
        IConfigurationRoot configuration = ConfigurationSources.Load(line, problems);
        var read = ServerSettings.Read(configuration, problems);
        foreach (ConfigurationProblem problem in problems)
        {
            logger.NotReloaded(ProblemReport.Line(problem));
        }

        if (problems.Count > 0)
        {
            return;
        }

        if (cluster is not null)
        {
            foreach (string warning in read.Warnings.Except(_inForce.Warnings))
            {
                logger.Careless(warning);
            }

            peers.Change(cluster, _inForce, read);
            _inForce = read;
            logger.Reloaded(string.Join(", ", (read.Cluster?.Peers ?? []).Select(peer => peer.ToString()).DefaultIfEmpty("none")));
        }

        string[] waiting = [.. Waiting(configuration, cluster is not null)];
        if (waiting.Length > 0)
        {
            logger.WaitsForRestart(string.Join(", ", waiting));
        }
    }

    private IEnumerable<string> Waiting(IConfigurationRoot now, bool withoutPeers) =>
        from key in atStart.AsEnumerable().Concat(now.AsEnumerable()).Select(pair => pair.Key).Distinct(StringComparer.OrdinalIgnoreCase)
        where OptionCatalog.IsKey(key) && atStart[key] != now[key]
        where !withoutPeers || !key.StartsWith(ClusterSettings.PeersSection + ":", StringComparison.OrdinalIgnoreCase)
        select key;
}
