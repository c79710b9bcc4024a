using Microsoft.Extensions.Options;
using Rollcall.Configuration;

namespace Rollcall.Hosting;

/// <summary>Stops the host at its start if options are wrong, with all problems at once.</summary>
internal sealed class RollcallOptionsValidator : IValidateOptions<RollcallOptions>
{
    public ValidateOptionsResult Validate(string? name, RollcallOptions options)
    {
        // A section's problems of range are already among Problems; what code has set afterwards is judged here.
        List<ConfigurationProblem> found = [.. options.Problems];
        options.Peers.Create(found);
        string[] problems =
        [
            .. found.Select(problem => problem.ToString()),
            .. options.Problems.Count == 0 ? options.Registry.Validate().Select(problem => $"RegistryOptions.{problem}") : [],
        ];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
