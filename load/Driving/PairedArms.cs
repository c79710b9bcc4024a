using Rollcall.Bench.Pairing;
using Rollcall.Load.Processes;

namespace Rollcall.Load.Driving;

/// <summary>One turn of one arm: how much was done, in which time, at what cost to the process that served it.</summary>
/// <param name="Operations">How many.</param>
/// <param name="Server">What the serving process used.</param>
internal readonly record struct Turn(long Operations, ProcessUse Server)
{
    public double PerSecond => Operations / Server.Elapsed.TotalSeconds;

    public double PerCpuSecond => Operations / Server.Cpu.TotalSeconds;

    public double BytesAllocated => (double)Server.AllocatedBytes / Operations;

    /// <summary>Runs <paramref name="work"/>, which returns how many operations it did, between two readings of a process.</summary>
    public static async Task<Turn> MeasureAsync(ProgramProcess server, Func<Task<long>> work)
    {
        ProcessReading from = server.Read();
        long operations = await work();
        return new Turn(operations, new ProcessUse(from, server.Read()));
    }
}

/// <summary>Two arms turn by turn (A B A B), each in a process of its own: what the machine does to one it does to the other.</summary>
/// <typeparam name="T">What a turn gives.</typeparam>
/// <param name="Subject">Turns of the server.</param>
/// <param name="Control">Turns of what it is compared with.</param>
internal sealed record PairedArms<T>(IReadOnlyList<T> Subject, IReadOnlyList<T> Control)
{
    /// <summary>Turns of a run that is written down.</summary>
    public const int Turns = 5;

    /// <summary>Runs both arms once unmeasured, then in turn.</summary>
    public static async Task<PairedArms<T>> RunAsync(Func<Task<T>> subject, Func<Task<T>> control, int turns = Turns)
    {
        await subject();
        await control();
        var subjects = new T[turns];
        var controls = new T[turns];
        for (int turn = 0; turn < turns; turn++)
        {
            subjects[turn] = await subject();
            controls[turn] = await control();
        }

        return new PairedArms<T>(subjects, controls);
    }

    /// <summary>A quantity of the subject over that of the control, turn by turn.</summary>
    public Spread Ratio(Func<T, double> quantity) => Spread.Of(Subject.Zip(Control, (s, c) => quantity(s) / quantity(c)));

    /// <summary>A quantity of the subject.</summary>
    public Spread OfSubject(Func<T, double> quantity) => Spread.Of(Subject.Select(quantity));

    /// <summary>A quantity of the control.</summary>
    public Spread OfControl(Func<T, double> quantity) => Spread.Of(Control.Select(quantity));
}
