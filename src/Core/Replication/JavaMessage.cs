using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>What a Java server is told of an instance.</summary>
public enum JavaVerb : byte
{
    /// <summary>Its lease was renewed.</summary>
    Renew,

    /// <summary>It was registered, or its metadata was changed.</summary>
    Register,

    /// <summary>It was cancelled. Never that it expired.</summary>
    Cancel,

    /// <summary>Its override was set.</summary>
    SetStatus,

    /// <summary>Its override was cleared.</summary>
    ClearStatus,
}

/// <summary>One thing that a Java server is told.</summary>
/// <param name="Verb">What.</param>
/// <param name="Record">Of what: as it is now; of a cancelled one, as it was last.</param>
public readonly record struct JavaItem(JavaVerb Verb, Instance Record);

/// <summary>What to ask a Java server next.</summary>
/// <param name="Items">To be told, in order; null: it is asked for all that it has.</param>
public sealed record JavaCall(IReadOnlyList<JavaItem>? Items);

/// <summary>What a Java server says to one item.</summary>
public enum JavaVerdict : byte
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>It does not know the instance, or not this record of it.</summary>
    Unknown,

    /// <summary>It has a newer record.</summary>
    Older,

    /// <summary>It could not, or would not.</summary>
    Refused,
}

/// <summary>The answer to one item.</summary>
/// <param name="Verdict">What became of it.</param>
/// <param name="Newer">The newer record, if it came along; else null.</param>
public readonly record struct JavaAnswer(JavaVerdict Verdict, Registration? Newer = null);

/// <summary>Why a call to a Java server failed as a whole.</summary>
public enum JavaFailure : byte
{
    /// <summary>Nobody answers: the same is tried again soon.</summary>
    Unreachable,

    /// <summary>It is too busy, or too slow: the same is tried again, not so soon.</summary>
    Busy,

    /// <summary>It answers that it will not, or what nobody understands: there is no use in trying the same again.</summary>
    Refused,
}
