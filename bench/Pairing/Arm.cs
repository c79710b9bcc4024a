namespace Rollcall.Bench.Pairing;

/// <summary>One of two things that are compared: work in chunks, with a result that is known beforehand.</summary>
/// <param name="Name">For people.</param>
/// <param name="Operations">Operations in one pass; figures are per operation.</param>
/// <param name="Work">
/// Does the operations from..to and returns a value that depends on all of them. Called once per chunk, so that it is compiled in
/// full after the warm-up like code that runs all day.
/// </param>
/// <param name="Expected">What the chunks of one right pass add up to.</param>
internal sealed record Arm(string Name, int Operations, Func<int, int, long> Work, long Expected)
{
    /// <summary>Operations in one call of <see cref="Work"/>.</summary>
    public int ChunkSize { get; init; } = 1_000;

    /// <summary>Done before each pass; its time and bytes are not counted.</summary>
    public Action Prepare { get; init; } = static () => { };
}
