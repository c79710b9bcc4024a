namespace Rollcall.Transports.Http.Eureka;

/// <summary>Bounds of Eureka's readers that belong to the format; the model's limits are the core's options.</summary>
/// <remarks>The server limits a body's bytes before a reader sees it; a reader's time and memory grow with them alone.</remarks>
public sealed record EurekaLimits
{
    /// <summary>The defaults.</summary>
    public static EurekaLimits Default { get; } = new();

    /// <summary>Deepest nesting of objects, arrays or elements. A registration needs 4, a batch 6.</summary>
    public int DepthMax { get; init; } = 32;

    /// <summary>Longest XML document in characters: a registration at all limits of the core has about 60,000.</summary>
    public int XmlCharactersMax { get; init; } = 1_048_576;

    /// <summary>Most items of one replication batch; Java servers send at most 250.</summary>
    public int BatchItemsMax { get; init; } = 10_000;
}
