namespace Rollcall.Client.Choosing;

/// <summary>How one of the instances that can be called is chosen.</summary>
public enum ChoicePolicy
{
    /// <summary>One after the other.</summary>
    RoundRobin,

    /// <summary>Each with the same chance.</summary>
    Random,

    /// <summary>Each with a chance in proportion to its weight; weight 0: never, unless all have it.</summary>
    Weighted,

    /// <summary>Of two drawn at random the one with fewer calls under way.</summary>
    LeastPending,
}
