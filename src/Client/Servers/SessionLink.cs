using Rollcall.Core.Seams;

namespace Rollcall.Client.Servers;

/// <summary>The link of a session at one time.</summary>
/// <param name="Link">Belongs to the session: whoever is given it does not dispose of it.</param>
/// <param name="Number">Counts the links of the session: what one link gave (handles, versions) is good on it alone.</param>
/// <param name="Server">The server at its other end.</param>
internal sealed record SessionLink(IRegistryLink Link, int Number, RegistryServer Server);
