using Microsoft.Extensions.Options;
using Rollcall.Client.AspNetCore.Configuration;
using Rollcall.Client.Servers;
using Rollcall.Configuration;
using Rollcall.Core;
using Rollcall.Core.Seams;

namespace Rollcall.Client.AspNetCore;

/// <summary>All that an application says about its client.</summary>
public sealed class RollcallClientSettings
{
    /// <summary>Settings of the client.</summary>
    public ClientOptions Client { get; set; } = new();

    /// <summary>The nodes of the registry as code names them; one is enough, here or in the configuration.</summary>
    public IList<RegistryServer> Servers { get; } = [];

    /// <summary>What to register; null: nothing, the application only calls others.</summary>
    public SelfOptions? Self { get; set; }

    /// <summary>Which of the servers that a configuration names are believed; null: those that the system trusts.</summary>
    public TlsTrust? Trust { get; set; }

    /// <summary>How addresses of a configuration are opened, by their scheme.</summary>
    internal Dictionary<string, LinkOpener> Links { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The nodes that the client's section names.</summary>
    internal IReadOnlyList<ConfiguredServer> Configured { get; set; } = [];

    /// <summary>The nodes that an import names: counted only if nobody else names one.</summary>
    internal IReadOnlyList<ConfiguredServer> Imported { get; set; } = [];

    /// <summary>Whether an import says that the application registers; null: it does not say.</summary>
    internal bool? IsImportRegistered { get; set; }

    /// <summary>What an import took and what it left, for the log; null: there was none.</summary>
    internal string? ImportNote { get; set; }

    /// <summary>What was wrong with a section or an import; reported when the host starts.</summary>
    internal List<ConfigurationProblem> Problems { get; } = [];

    /// <summary>Every node, ready to be dialled.</summary>
    /// <param name="problems">Added to: nodes that nothing opens.</param>
    internal IReadOnlyList<RegistryServer> AllServers(ICollection<ConfigurationProblem> problems)
    {
        IReadOnlyList<ConfiguredServer> named = Servers.Count + Configured.Count == 0 ? Imported : Configured;
        return [.. Servers, .. named.Select(server => server.Resolve(this, problems)).OfType<RegistryServer>()];
    }
}

/// <summary>Refuses settings that are wrong before the host starts, with all problems at once.</summary>
internal sealed class RollcallClientSettingsValidator : IValidateOptions<RollcallClientSettings>
{
    public ValidateOptionsResult Validate(string? name, RollcallClientSettings options)
    {
        if (!options.Client.Enabled)
        {
            return ValidateOptionsResult.Success;
        }

        List<ConfigurationProblem> found = [.. options.Problems];
        IReadOnlyList<RegistryServer> servers = options.AllServers(found);
        List<string> problems = [.. found.Select(problem => problem.ToString())];
        problems.AddRange(Beyond(options.Client.Validate(), nameof(ClientOptions), options.Problems));
        if (servers.Count == 0 && found.Count == 0)
        {
            problems.Add("Servers is empty: name at least one server of the registry");
        }

        problems.AddRange(
            servers.GroupBy(server => server.Name).Where(same => same.Count() > 1).Select(same => $"Servers: {same.Key} is there {same.Count()} times")
        );
        problems.AddRange(Beyond(options.Self?.Validate() ?? [], nameof(SelfOptions), options.Problems));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    // What a section has already been told is not said twice.
    private static IEnumerable<string> Beyond(IEnumerable<OptionProblem> problems, string options, List<ConfigurationProblem> said) =>
        problems
            .Where(problem => !said.Exists(known => known.Key.EndsWith(":" + problem.Name, StringComparison.OrdinalIgnoreCase)))
            .Select(problem => $"{options}.{problem}");
}
