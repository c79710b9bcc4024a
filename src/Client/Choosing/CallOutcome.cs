namespace Rollcall.Client.Choosing;

/// <summary>How a call to an instance went, as far as the instance is to be judged by it.</summary>
public enum CallOutcome
{
    /// <summary>It answered; an answer that refuses the caller counts.</summary>
    Succeeded,

    /// <summary>It could not be reached, broke off, took too long, or said that it cannot serve.</summary>
    Failed,

    /// <summary>The caller gave up: says nothing about the instance.</summary>
    Dropped,
}
