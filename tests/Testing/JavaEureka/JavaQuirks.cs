namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>How a Java server is set up, and what is wrong with it.</summary>
public sealed record JavaQuirks
{
    /// <summary>Spring's; Netflix's WAR has <c>/eureka/v2</c>.</summary>
    public string BasePath { get; init; } = "/eureka";

    /// <summary>Deltas are switched off: 403.</summary>
    public bool DeltaDisabled { get; init; }

    /// <summary>Start-up found no peer to copy from: reads of lists get 403 for five minutes.</summary>
    public bool RefusesReads { get; init; }

    /// <summary>Answers of lists up to 30 s old, as Java's are by default. Off: tests see at once what they did.</summary>
    public bool ResponseCache { get; init; }

    /// <summary>Netflix's WAR: an Accept-Encoding without gzip is 406, none is taken for gzip.</summary>
    public bool EnforcesGzip { get; init; }

    /// <summary>Old servers write a list of one as the one.</summary>
    public bool SinglesUnwrapped { get; init; }

    /// <summary>Every answer is this; 0: the right one.</summary>
    public int AnswersAll { get; init; }

    /// <summary>The next answer is this, and those after it right; 0: that one too.</summary>
    public int AnswersOnce { get; init; }

    /// <summary>Says this hash in deltas; null: the right one. A server in a race with itself.</summary>
    public string? DeltaHash { get; init; }

    /// <summary>Breaks the connection off instead of answering.</summary>
    public bool BreaksOff { get; init; }

    /// <summary>Answers batches with something else than the list that peers expect.</summary>
    public string? BatchAnswer { get; init; }

    /// <summary><c>experimental.bugfix.934=false</c>: a conflict comes without the newer record.</summary>
    public bool ConflictsWithoutEntity { get; init; }
}
