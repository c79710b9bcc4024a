using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Transports.Http.V1;

namespace Rollcall.Transports.HttpServer.Native;

/// <summary>Joins encoded changes to an update.</summary>
internal static class UpdateBytes
{
    /// <summary>The pieces of an update to <paramref name="version"/>; without changes it is progress.</summary>
    /// <param name="version">The version that the reader has after it.</param>
    /// <param name="changes">As <see cref="V1ChangeEncoder"/> writes them: each with a comma before it.</param>
    public static List<ReadOnlyMemory<byte>> Of(RegistryVersion version, List<ReadOnlyMemory<byte>> changes)
    {
        var output = new ArrayBufferWriter<byte>(128);
        if (changes.Count == 0)
        {
            V1ChangeEncoder.WriteProgress(output, version);
            return [output.WrittenMemory];
        }

        V1ChangeEncoder.WriteHead(output, version);
        return [output.WrittenMemory, changes[0][1..], .. changes[1..], V1ChangeEncoder.Tail];
    }
}
