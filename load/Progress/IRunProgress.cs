using Rollcall.Load.Results;

namespace Rollcall.Load.Progress;

/// <summary>Shows a run while it goes on: as a table that renews itself in a terminal, as lines elsewhere.</summary>
/// <remarks>
/// <para>The caller says things from any thread; samples come one after the other.</para>
/// <para>The implementer keeps nothing from being printed: what was said is still there when the run is over.</para>
/// </remarks>
internal interface IRunProgress
{
    /// <summary>Does the work, showing it.</summary>
    Task WhileAsync(Func<Task> work);

    /// <summary>A line for people.</summary>
    void Say(string line);

    /// <summary>A second has passed.</summary>
    /// <param name="sample">What happened in it.</param>
    /// <param name="left">Of the phase, if that has a plan.</param>
    void Show(Sample sample, TimeSpan? left);

    /// <summary>The run is over.</summary>
    void Finish(RunResult result);
}
