using System.Text;
using Rollcall.Core.Access;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>What a principal may renew, so that asking costs a heartbeat 0 bytes: remembers the last service of one bound to some.</summary>
internal struct RenewalRight(Principal principal)
{
    private readonly bool _any = principal.May(RegistryOperation.Renew);
    private byte[]? _allowed;

    /// <summary>True if it may renew by handle.</summary>
    public bool ByHandle { get; } = principal.Refuse(RegistryOperation.Renew) is null;

    /// <summary>True if it may renew instances of a service; its name in any case, but often the same.</summary>
    public bool Allows(ReadOnlySpan<byte> service)
    {
        if (_any || (_allowed is not null && service.SequenceEqual(_allowed)))
        {
            return true;
        }

        if (principal.May(RegistryOperation.Renew, Encoding.UTF8.GetString(service)))
        {
            _allowed = service.ToArray();
            return true;
        }

        return false;
    }
}
