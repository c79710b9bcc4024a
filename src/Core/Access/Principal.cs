using System.Collections.Immutable;
using System.IO.Enumeration;
using Rollcall.Core.Model;

namespace Rollcall.Core.Access;

/// <summary>Who asks: a name for people, roles, and the services that a registrar is bound to.</summary>
public sealed class Principal
{
    private readonly ImmutableArray<string> _patterns; // the services, with a backslash that stands for itself

    /// <summary>A caller.</summary>
    /// <param name="name">For logs; never a secret.</param>
    /// <param name="roles">What it is.</param>
    /// <param name="services">Of a registrar: names with <c>*</c> and <c>?</c>, in any case; none: every service.</param>
    public Principal(string name, AccessRoles roles, params IEnumerable<string> services)
    {
        Name = name;
        Roles = roles;
        Services = [.. services.Select(ServiceName.Canonical)];
        _patterns = [.. Services.Select(pattern => pattern.Replace("\\", "\\\\", StringComparison.Ordinal))];
    }

    /// <summary>Everyone, where no credentials are asked for.</summary>
    public static Principal Anyone { get; } = new("anyone", AccessRoles.All);

    /// <summary>Nobody, where credentials are asked for and none were shown.</summary>
    public static Principal Nobody { get; } = new("nobody", AccessRoles.None);

    /// <summary>For logs and errors; never a secret.</summary>
    public string Name { get; }

    /// <summary>What it is.</summary>
    public AccessRoles Roles { get; }

    /// <summary>Canonical patterns of the services that a registrar is bound to; empty: every service.</summary>
    public ImmutableArray<string> Services { get; }

    // Not HasFlag: until the compiler optimizes, that boxes, and this stands before every heartbeat.
    private bool IsRegistrar => (Roles & AccessRoles.Registrar) != 0;

    /// <summary>True if it may do it whatever the service. 0 bytes.</summary>
    public bool May(RegistryOperation operation) =>
        operation == RegistryOperation.Ping
        || (Roles & AccessRule.ForAnyService(operation)) != 0
        || (Services.IsEmpty && IsRegistrar && AccessRule.ForOwnService(operation));

    /// <summary>True if it may do it to instances of <paramref name="service"/>, its name in any case.</summary>
    public bool May(RegistryOperation operation, string service) =>
        May(operation)
        || (IsRegistrar && AccessRule.ForOwnService(operation) && IsBoundTo(ServiceName.Canonical(service)));

    /// <summary>Why it may not do it; null if it may. What every transport asks before it does anything.</summary>
    /// <param name="operation">What it wants to do.</param>
    /// <param name="service">
    /// To the instances of which service, its name in any case. None of <see cref="RegistryOperation.Renew"/> is a renewal by handle:
    /// the handle is the right, so any registrar may show one.
    /// </param>
    public AccessRefusal? Refuse(RegistryOperation operation, string? service = null)
    {
        bool may = service is not null ? May(operation, service)
            : May(operation) || (operation == RegistryOperation.Renew && IsRegistrar);
        return may ? null : AccessRefusal.Of(this, operation, service);
    }

    private bool IsBoundTo(string service) =>
        _patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, service, ignoreCase: false));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
