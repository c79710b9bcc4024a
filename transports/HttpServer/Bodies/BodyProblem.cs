using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Rollcall.Transports.HttpServer.Bodies;

/// <summary>Why a body cannot be had.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Reason">For people.</param>
internal sealed record BodyProblem(int Status, string Reason)
{
    public static BodyProblem Missing { get; } = new(StatusCodes.Status400BadRequest, "The request has no body.");

    public static BodyProblem BadChunk { get; } = new(StatusCodes.Status400BadRequest, "The size of a chunk is no number.");

    public static BodyProblem UnknownCoding(string coding) =>
        new(
            StatusCodes.Status415UnsupportedMediaType,
            $"Content-Encoding {coding} is not supported: send gzip, deflate or none."
        );

    public static BodyProblem TooLong(long? declared, int limit) =>
        new(
            StatusCodes.Status413PayloadTooLarge,
            declared is null
                ? string.Create(CultureInfo.InvariantCulture, $"The body is over {limit} bytes. Send less.")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"The body is declared as {declared} bytes, over {limit} bytes. Send less."
                )
        );

    public static BodyProblem InflatesTooLong(int limit) =>
        new(
            StatusCodes.Status413PayloadTooLarge,
            string.Create(CultureInfo.InvariantCulture, $"The body inflates to more than {limit} bytes. Send less.")
        );

    public static BodyProblem NotInflatable(string coding) =>
        new(StatusCodes.Status400BadRequest, $"The body is not one whole {coding} stream, as Content-Encoding says.");

    public static BodyProblem TooSlow(TimeSpan timeout) =>
        new(
            StatusCodes.Status408RequestTimeout,
            string.Create(CultureInfo.InvariantCulture, $"The body was not complete after {timeout.TotalSeconds:0.###} s.")
        );
}
