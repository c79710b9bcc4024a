using Microsoft.Extensions.Options;
using Rollcall.Configuration;
using Rollcall.Core;

namespace Rollcall.Hosting;

/// <summary>Stops the host at its start if options are wrong, with all problems at once.</summary>
internal sealed class RollcallOptionsValidator : IValidateOptions<RollcallOptions>
{
    public ValidateOptionsResult Validate(string? name, RollcallOptions options)
    {
        List<ConfigurationProblem> found = [.. options.Problems];
        options.Peers.Create(found);
        string[] problems =
        [
            .. found.Select(problem => problem.ToString()),
            .. options.Registry.Validate().Where(problem => !IsSaid(problem, found)).Select(problem => $"RegistryOptions.{problem}"),
        ];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    // A section's values out of range are said with their keys; what code has set afterwards is not.
    private static bool IsSaid(OptionProblem problem, List<ConfigurationProblem> said)
    {
        string name = problem.Name[(problem.Name.LastIndexOf('.') + 1)..];
        return said.Exists(known => known.Key.EndsWith(":" + name, StringComparison.OrdinalIgnoreCase));
    }
}
