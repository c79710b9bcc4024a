using Microsoft.Extensions.Options;

namespace Rollcall.Hosting;

/// <summary>Stops the host at its start if options are wrong, with all problems at once.</summary>
internal sealed class RollcallOptionsValidator : IValidateOptions<RollcallOptions>
{
    public ValidateOptionsResult Validate(string? name, RollcallOptions options)
    {
        // A section's problems of range are already among Problems; what code has set afterwards is judged here.
        string[] problems =
        [
            .. options.Problems.Select(problem => problem.ToString()),
            .. options.Problems.Count == 0 ? options.Registry.Validate().Select(problem => $"RegistryOptions.{problem}") : [],
        ];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
