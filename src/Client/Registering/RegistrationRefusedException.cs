using Rollcall.Core;

namespace Rollcall.Client.Registering;

/// <summary>The registry refused the instance of an application that must not start without.</summary>
public sealed class RegistrationRefusedException(RegistryError error) : Exception(error.Message)
{
    /// <summary>Why.</summary>
    public RegistryError Error { get; } = error;
}
