using Microsoft.Extensions.Options;
using Rollcall.Client.Servers;

namespace Rollcall.Client.AspNetCore;

/// <summary>All that an application says about its client.</summary>
public sealed class RollcallClientSettings
{
    /// <summary>Settings of the client.</summary>
    public ClientOptions Client { get; set; } = new();

    /// <summary>The nodes of the registry; one is enough.</summary>
    public IList<RegistryServer> Servers { get; } = [];

    /// <summary>What to register; null: nothing, the application only calls others.</summary>
    public SelfOptions? Self { get; set; }
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

        List<string> problems = [.. options.Client.Validate().Select(problem => $"ClientOptions.{problem}")];
        if (options.Servers.Count == 0)
        {
            problems.Add("Servers is empty: name at least one server of the registry");
        }

        problems.AddRange(options.Self?.Validate() ?? []);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
