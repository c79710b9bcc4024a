using Rollcall.Core.Seams;

namespace Rollcall.Transports.Http.Linking;

/// <summary>Reads a stream whole, up to a limit: whatever it inflates to.</summary>
internal static class BoundedBody
{
    private const int FirstBytes = 4_096;

    /// <param name="stream">What to read.</param>
    /// <param name="expectedBytes">As declared; 0: not known.</param>
    /// <param name="bytesMax">The limit.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="LinkException">It is longer.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, long expectedBytes, int bytesMax, CancellationToken cancellation)
    {
        if (expectedBytes > bytesMax)
        {
            throw TooLong(bytesMax);
        }

        // What is declared is not yet sent: memory is taken as it comes.
        byte[] bytes = new byte[Math.Clamp((int)expectedBytes, FirstBytes, 16 * FirstBytes)];
        int length = 0;
        int read;
        while ((read = await stream.ReadAsync(bytes.AsMemory(length), cancellation).ConfigureAwait(false)) > 0)
        {
            length += read;
            if (length > bytesMax)
            {
                throw TooLong(bytesMax);
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(2L * length, Array.MaxLength));
            }
        }

        return bytes.AsMemory(0, length);
    }

    public static LinkException TooLong(int bytesMax) =>
        new(LinkFailure.LimitExceeded, $"The answer is over {bytesMax} bytes (HttpLinkOptions.AnswerBytesMax).");
}
