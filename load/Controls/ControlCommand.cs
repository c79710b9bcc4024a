using Rollcall.Load.Processes;

namespace Rollcall.Load.Controls;

/// <summary><c>control KIND</c>: what a target is compared with, as a process of its own like the server.</summary>
internal static class ControlCommand
{
    private const string ReadyPrefix = "Control ready: ";

    /// <summary>An HTTP server whose handler does nothing.</summary>
    public const string Kestrel = "kestrel";

    /// <summary>A loop that parses frames and answers each.</summary>
    public const string RawTcp = "raw-tcp";

    /// <summary>A loop that writes what one connection sends to all others.</summary>
    public const string RawFanOut = "raw-fan-out";

    /// <summary>Starts one and waits until it listens.</summary>
    public static Task<ProgramProcess> StartAsync(string kind) =>
        ProgramProcess.StartAsync($"the control arm {kind}", typeof(ControlCommand).Assembly.Location, ReadyPrefix, "control", kind);

    /// <summary>Where a control process listens.</summary>
    public static Uri AddressOf(ProgramProcess control) => new(control.ReadyLine[ReadyPrefix.Length..]);

    /// <summary>Serves until the process is ended; null: there is no such kind.</summary>
    public static async Task<int?> RunAsync(string kind)
    {
        Task? serving = kind switch
        {
            Kestrel => KestrelControl.ServeAsync(Ready),
            RawTcp => RawTcpControl.ServeAsync(Ready),
            RawFanOut => RawFanOutControl.ServeAsync(Ready),
            _ => null,
        };
        if (serving is null)
        {
            return null;
        }

        await serving;
        return 0;
    }

    private static void Ready(string address) => Console.WriteLine(ReadyPrefix + address);
}
