using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Core.Access;

/// <summary>Why a caller may not do something.</summary>
/// <param name="Failure"><see cref="LinkFailure.NotAuthenticated"/>: it has shown nothing. <see cref="LinkFailure.NotAllowed"/>: it is known, and may not.</param>
/// <param name="Message">For people: who, what, and what it would take. Holds no secret.</param>
public sealed record AccessRefusal(LinkFailure Failure, string Message)
{
    internal static AccessRefusal Of(Principal principal, RegistryOperation operation, string? service)
    {
        string what = service is null ? $"{operation}" : $"{operation} of {RegistryError.Shown(ServiceName.Canonical(service))}";
        return principal.Roles == AccessRoles.None
            ? new AccessRefusal(LinkFailure.NotAuthenticated, $"{what} asks for credentials, and none were shown.")
            : new AccessRefusal(
                LinkFailure.NotAllowed,
                $"{principal.Name} may not: {what} asks for {Asked(operation)}; its role is {Shown(principal)}."
            );
    }

    private static string Asked(RegistryOperation operation) =>
        AccessRule.ForOwnService(operation)
            ? $"a registrar of that service, or {Shown(AccessRule.ForAnyService(operation))}"
            : Shown(AccessRule.ForAnyService(operation));

    private static string Shown(Principal principal) =>
        principal.Services.IsEmpty ? Shown(principal.Roles) : $"{Shown(principal.Roles)} of {string.Join(", ", principal.Services)}";

    private static string Shown(AccessRoles roles) => roles.ToString().ToLowerInvariant().Replace(", ", " or ", StringComparison.Ordinal);
}
