namespace Rollcall.Bench.Pairing;

/// <summary>What a <see cref="PairedRun"/> measured.</summary>
/// <param name="Subject">The arm that is judged.</param>
/// <param name="Control">The arm that it is compared with.</param>
/// <param name="Subjects">Its passes, in order.</param>
/// <param name="Controls">The control's passes, in order.</param>
internal sealed record PairedResult(Arm Subject, Arm Control, IReadOnlyList<Pass> Subjects, IReadOnlyList<Pass> Controls)
{
    /// <summary>Time of the subject over that of the control, turn by turn.</summary>
    public Spread Ratio => Spread.Of(Subjects.Zip(Controls, (s, c) => s.Nanoseconds / c.Nanoseconds));

    /// <summary>Nanoseconds of one operation of the subject.</summary>
    public Spread SubjectNs => Spread.Of(Subjects.Select(pass => pass.Nanoseconds));

    /// <summary>Nanoseconds of one operation of the control.</summary>
    public Spread ControlNs => Spread.Of(Controls.Select(pass => pass.Nanoseconds));

    /// <summary>Most bytes that an operation of the subject allocated in any turn, on the mean of the turn.</summary>
    public double SubjectBytes => Subjects.Max(pass => pass.Bytes);
}
