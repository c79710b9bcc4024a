namespace Rollcall.Interop.Tests.Calls;

/// <summary>An answer of the server, its body unpacked.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">Unpacked; empty if there is none.</param>
/// <param name="ContentType">Without parameters; null if there is none.</param>
/// <param name="Packed">True if it came as gzip.</param>
internal sealed record Answer(int Status, byte[] Body, string? ContentType, bool Packed);
