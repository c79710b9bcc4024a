namespace Rollcall.Server;

/// <summary>One place where the server listens, and what decides whether it may.</summary>
/// <param name="Key">Option that names the place.</param>
/// <param name="Place">As the option says it.</param>
/// <param name="IsLoopback">Nobody beyond this machine can connect.</param>
/// <param name="IsEncrypted">Nobody on the way can read.</param>
internal sealed record Listener(string Key, string Place, bool IsLoopback, bool IsEncrypted);
